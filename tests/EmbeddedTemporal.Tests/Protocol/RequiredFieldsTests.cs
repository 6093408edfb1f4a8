using EmbeddedTemporal.Tests.Support;
using Google.Protobuf.Collections;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.Update.V1;
using Temporalio.Exceptions;

namespace EmbeddedTemporal.Tests.Protocol;

/// <summary>
/// The fields that the SDK requires. Without them it hangs or fails, mostly without an error message. Each case was
/// verified by removing the field.
/// </summary>
public sealed class RequiredFieldsTests : ProtocolTests
{
    [Fact]
    public async Task A_workflow_task_has_the_fields_that_Core_parses()
    {
        var run = await Test.StartAsync("Any");

        var task = await Worker.PollAsync();

        Assert.NotEmpty(task.TaskToken);
        Assert.Equal(run.Id, task.WorkflowExecution.WorkflowId);
        Assert.Equal(run.ResultRunId, task.WorkflowExecution.RunId);
        Assert.Equal("Any", task.WorkflowType.Name);
        Assert.Equal(Test.TaskQueue, task.WorkflowExecutionTaskQueue.Name);
        Assert.Equal(1, task.Attempt);
        Assert.NotNull(task.ScheduledTime);
        Assert.NotNull(task.StartedTime);
        AssertComplete(task.History.Events, first: 1);
        Assert.Equal(task.StartedEventId, task.History.Events[^1].EventId);
        Assert.Equal(EventType.WorkflowTaskStarted, task.History.Events[^1].EventType);
    }

    [Fact]
    public async Task The_started_event_has_the_fields_that_create_the_workflow()
    {
        var run = await Test.StartAsync("Any", "input");

        var task = await Worker.PollAsync();
        var started = task.History.Events[0].WorkflowExecutionStartedEventAttributes;

        Assert.Equal("Any", started.WorkflowType.Name);
        Assert.Equal(run.Id, started.WorkflowId);
        Assert.Equal(TimeSpan.FromSeconds(10), started.WorkflowTaskTimeout.ToTimeSpan());
        Assert.Equal(run.ResultRunId, started.OriginalExecutionRunId);
        Assert.Equal(run.ResultRunId, started.FirstExecutionRunId);
        Assert.Equal(1, started.Attempt);
        Assert.Single(started.Input.Payloads_);
    }

    [Fact]
    public async Task The_completed_event_contains_the_SDK_metadata()
    {
        var run = await Test.StartAsync("Any");

        await Worker.CompleteAsync(await Worker.PollAsync());

        var completed = await run.WaitForEventAsync(EventType.WorkflowTaskCompleted);
        Assert.Equal([1u, 2u], completed.WorkflowTaskCompletedEventAttributes.SdkMetadata.CoreUsedFlags);
    }

    [Fact]
    public async Task An_activity_task_has_the_fields_that_the_worker_needs()
    {
        var run = await Test.StartAsync("Any");
        await Worker.CompleteAsync(await Worker.PollAsync(), ManualWorker.Activity("7"));

        var task = await Worker.PollActivityAsync();

        Assert.NotEmpty(task.TaskToken);
        Assert.Equal("Work", task.ActivityType.Name);
        Assert.Equal("7", task.ActivityId);
        Assert.NotNull(task.ScheduledTime);
        Assert.NotNull(task.CurrentAttemptScheduledTime);
        Assert.NotNull(task.StartedTime);
        Assert.Equal(1, task.Attempt);
        Assert.Equal(run.Id, task.WorkflowExecution.WorkflowId);
        Assert.Equal("default", task.WorkflowNamespace);
        Assert.Equal(TimeSpan.FromMinutes(1), task.StartToCloseTimeout.ToTimeSpan());
        Assert.Equal(TimeSpan.FromSeconds(1), task.RetryPolicy.InitialInterval.ToTimeSpan());
    }

    [Fact]
    public async Task Events_refer_to_the_earlier_events_that_they_complete()
    {
        var run = await Test.StartAsync("Any");
        await Worker.CompleteAsync(await Worker.PollAsync(), ManualWorker.Activity("7"), ManualWorker.Timer("8"));
        var activity = await Worker.PollActivityAsync();
        await Test.Client.WorkflowService.RespondActivityTaskCompletedAsync(
            new() { Namespace = "default", TaskToken = activity.TaskToken });
        Clock.Advance(TimeSpan.FromMinutes(1));

        var events = (await Worker.PollAsync()).History.Events;

        AssertComplete(events, first: 1);
        var scheduled = events.Single(e => e.ActivityTaskScheduledEventAttributes is not null);
        var started = events.Single(e => e.ActivityTaskStartedEventAttributes is not null);
        var completed = events.Single(e => e.ActivityTaskCompletedEventAttributes is not null);
        Assert.Equal("7", scheduled.ActivityTaskScheduledEventAttributes.ActivityId);
        Assert.Equal("Work", scheduled.ActivityTaskScheduledEventAttributes.ActivityType.Name);
        Assert.Equal(scheduled.EventId, started.ActivityTaskStartedEventAttributes.ScheduledEventId);
        Assert.Equal(scheduled.EventId, completed.ActivityTaskCompletedEventAttributes.ScheduledEventId);
        Assert.Equal(started.EventId, completed.ActivityTaskCompletedEventAttributes.StartedEventId);
        var timer = events.Single(e => e.TimerStartedEventAttributes is not null);
        var fired = events.Single(e => e.TimerFiredEventAttributes is not null);
        Assert.Equal("8", fired.TimerFiredEventAttributes.TimerId);
        Assert.Equal(timer.EventId, fired.TimerFiredEventAttributes.StartedEventId);
    }

    [Fact]
    public async Task A_marker_event_contains_its_details()
    {
        var run = await Test.StartAsync("Any");
        var marker = new Command
        {
            CommandType = CommandType.RecordMarker,
            RecordMarkerCommandAttributes = new() { MarkerName = "core_patch", Details = { ["data"] = new() } },
        };
        await Worker.CompleteAsync(await Worker.PollAsync(), marker);

        var recorded = await run.WaitForEventAsync(EventType.MarkerRecorded);

        Assert.Equal("core_patch", recorded.MarkerRecordedEventAttributes.MarkerName);
        Assert.Contains("data", recorded.MarkerRecordedEventAttributes.Details.Keys);
    }

    [Fact]
    public async Task A_sticky_task_contains_only_the_events_after_the_cached_ones()
    {
        var run = await Test.StartAsync("Any");
        var first = await Worker.PollAsync();

        var second = await Worker.CompleteAndPollStickyAsync(first, run);

        Assert.Equal(first.StartedEventId, second.PreviousStartedEventId);
        AssertComplete(second.History.Events, first: first.StartedEventId + 1);
        Assert.Equal(second.StartedEventId, second.History.Events[^1].EventId);
    }

    [Fact]
    public async Task An_update_is_sent_as_a_message_and_its_request_is_stored_for_replay()
    {
        var run = await Test.StartAsync("Any");
        var update = run.ExecuteUpdateAsync("Add", ["a"], new() { Id = "the-update" });
        var task = await Polling.UntilAsync(async () =>
        {
            var polled = await Worker.PollAsync();
            if (polled.Messages.Count == 0) await Worker.CompleteAsync(polled);
            return polled;
        }, polled => polled.Messages.Count > 0);

        var message = Assert.Single(task.Messages);

        Assert.NotEmpty(message.Id);
        Assert.Equal("the-update", message.ProtocolInstanceId);
        Assert.Equal(task.StartedEventId - 1, message.EventId);
        Assert.Equal("Add", message.Body.Unpack<Request>().Input.Name);
        await Worker.AcceptAsync(task, message);
        var accepted = (await run.WaitForEventAsync(EventType.WorkflowExecutionUpdateAccepted))
            .WorkflowExecutionUpdateAcceptedEventAttributes;
        Assert.Equal("the-update", accepted.ProtocolInstanceId);
        Assert.Equal("Add", accepted.AcceptedRequest.Input.Name);
        await run.TerminateAsync();
        await Assert.ThrowsAsync<WorkflowUpdateFailedException>(() => update);
    }

    [Fact]
    public async Task A_description_has_the_fields_that_the_client_reads()
    {
        var run = await Test.StartAsync("Any");

        var described = await run.DescribeRawAsync();

        Assert.Equal("Any", described.WorkflowExecutionInfo.Type.Name);
        Assert.NotNull(described.WorkflowExecutionInfo.StartTime);
        Assert.Equal(Test.TaskQueue, described.WorkflowExecutionInfo.TaskQueue);
        Assert.Equal(WorkflowExecutionStatus.Running, described.WorkflowExecutionInfo.Status);
    }

    /// <summary>Asserts consecutive ids, and a type and a time on each event.</summary>
    private static void AssertComplete(RepeatedField<HistoryEvent> events, long first)
    {
        Assert.Equal(Enumerable.Range((int)first, events.Count), events.Select(e => (int)e.EventId));
        Assert.All(events, e => Assert.NotEqual(EventType.Unspecified, e.EventType));
        Assert.All(events, e => Assert.NotNull(e.EventTime));
    }
}
