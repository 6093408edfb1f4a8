using EmbeddedTemporal.Tests.Support;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Exceptions;

namespace EmbeddedTemporal.Tests.Protocol;

public sealed class WorkflowTaskProtocolTests : ProtocolTests
{
    // Its tasks would go to workers of any version.
    [Fact]
    public async Task A_poll_of_a_version_is_refused()
    {
        var error = await Assert.ThrowsAsync<RpcException>(() => Test.Client.WorkflowService.PollWorkflowTaskQueueAsync(
            new()
            {
                Namespace = Test.Client.Options.Namespace,
                TaskQueue = new() { Name = "versioned" },
                DeploymentOptions = new()
                {
                    DeploymentName = "arc-saas",
                    BuildId = "0.2.0",
                    WorkerVersioningMode = WorkerVersioningMode.Versioned,
                },
            }));

        Assert.Equal(RpcException.StatusCode.Unimplemented, error.Code);
    }

    [Fact]
    public async Task A_completion_that_misses_the_latest_signal_is_rejected_as_UnhandledCommand()
    {
        var run = await Test.StartAsync("Any");
        var task = await Worker.PollAsync();
        await run.SignalAsync("Say", ["a"]);

        var error = await Assert.ThrowsAsync<RpcException>(() => Worker.CompleteAsync(task, ManualWorker.Complete()));
        var next = await Worker.PollAsync();
        await Worker.CompleteAsync(next, ManualWorker.Complete());

        Assert.Equal((RpcException.StatusCode.InvalidArgument, "UnhandledCommand"), (error.Code, error.Message));
        Assert.Contains(next.History.Events, e => e.EventType == EventType.WorkflowExecutionSignaled);
        Assert.Equal(1, next.Attempt);
    }

    [Fact]
    public async Task A_task_that_times_out_is_retried_and_its_token_becomes_invalid()
    {
        var run = await Test.StartAsync("Any");
        var lost = await Worker.PollAsync();

        Clock.Advance(TimeSpan.FromSeconds(10));
        var next = await Worker.PollAsync();

        Assert.Equal(2, next.Attempt);
        var error = await Assert.ThrowsAsync<RpcException>(() => Worker.CompleteAsync(lost));
        Assert.Equal(RpcException.StatusCode.NotFound, error.Code);
        await Worker.CompleteAsync(next, ManualWorker.Complete());
        Assert.Equal(
            [
                EventType.WorkflowExecutionStarted,
                EventType.WorkflowTaskScheduled, EventType.WorkflowTaskStarted, EventType.WorkflowTaskTimedOut,
                EventType.WorkflowTaskScheduled, EventType.WorkflowTaskStarted, EventType.WorkflowTaskCompleted,
                EventType.WorkflowExecutionCompleted,
            ],
            await run.EventTypesAsync());
    }

    [Fact]
    public async Task Repeated_task_failures_write_only_one_failed_event()
    {
        var run = await Test.StartAsync("Any");

        for (var attempt = 1; attempt <= 5; attempt++)
        {
            var task = await Worker.PollAsync();
            Assert.Equal(attempt, task.Attempt);
            Assert.Equal(task.StartedEventId, task.History.Events[^1].EventId);
            await Test.Client.WorkflowService.RespondWorkflowTaskFailedAsync(
                new() { Namespace = "default", TaskToken = task.TaskToken, Failure = new() { Message = "a bug" } });
        }

        Assert.Single(await run.EventTypesAsync(), type => type == EventType.WorkflowTaskFailed);
    }

    [Fact]
    public async Task A_task_that_is_not_started_on_its_sticky_queue_in_time_moves_to_the_normal_queue()
    {
        await StartStickyTaskAsync();

        Clock.Advance(TimeSpan.FromSeconds(10));
        var task = await Worker.PollAsync();

        Assert.Equal(1, task.History.Events[0].EventId);
        Assert.Contains(task.History.Events, e => e.EventType == EventType.WorkflowTaskTimedOut);
    }

    [Fact]
    public async Task A_worker_shutdown_moves_its_sticky_tasks_to_the_normal_queue()
    {
        await StartStickyTaskAsync();

        await Test.Client.WorkflowService.ShutdownWorkerAsync(
            new() { Namespace = "default", StickyTaskQueue = Worker.Sticky });
        var task = await Worker.PollAsync();

        Assert.Equal(1, task.History.Events[0].EventId);
        Assert.DoesNotContain(task.History.Events, e => e.EventType == EventType.WorkflowTaskTimedOut);
    }

    [Fact]
    public async Task A_timer_with_a_buffered_fired_event_can_still_be_cancelled()
    {
        var run = await Test.StartAsync("Any");
        await Worker.CompleteAsync(await Worker.PollAsync(), ManualWorker.Timer("t"), ManualWorker.Activity("a"));
        await run.SignalAsync("Say", ["a"]);
        Clock.Advance(TimeSpan.FromSeconds(55));
        var task = await Worker.PollAsync();
        Clock.Advance(TimeSpan.FromSeconds(5));

        await Worker.CompleteAsync(task, ManualWorker.Cancel("t"));

        Assert.Contains(EventType.TimerCanceled, await run.EventTypesAsync());
        Assert.DoesNotContain(EventType.TimerFired, await run.EventTypesAsync());
    }

    [Fact]
    public async Task Invalid_commands_fail_the_task_with_a_reason()
    {
        var run = await Test.StartAsync("Any");
        var task = await Worker.PollAsync();

        var error = await AssertTaskFailsAsync(
            run,
            WorkflowTaskFailedCause.ScheduleActivityDuplicateId,
            () => Worker.CompleteAsync(task, ManualWorker.Activity("twice"), ManualWorker.Activity("twice")));

        Assert.Contains("activity_id twice is in use", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(EventType.ActivityTaskScheduled, await run.EventTypesAsync());
    }

    [Theory]
    [InlineData(WorkflowTaskFailedCause.UnhandledCommand, CommandType.RecordMarker)]
    [InlineData(WorkflowTaskFailedCause.BadCancelTimerAttributes, CommandType.CancelTimer)]
    public async Task One_invalid_command_fails_the_whole_task_without_changes(
        WorkflowTaskFailedCause cause, CommandType last)
    {
        var run = await Test.StartAsync("Any");
        await Worker.CompleteAsync(await Worker.PollAsync(), ManualWorker.Timer("t"));
        await run.SignalAsync("Say", ["a"]);
        var task = await Worker.PollAsync();
        var command = new Command { CommandType = last };
        if (last == CommandType.CancelTimer) command = ManualWorker.Cancel("t");

        await AssertTaskFailsAsync(
            run,
            cause,
            () => Worker.CompleteAsync(task, ManualWorker.Activity("a"), ManualWorker.Cancel("t"), command));

        Assert.DoesNotContain(EventType.ActivityTaskScheduled, await run.EventTypesAsync());
    }

    [Fact]
    public async Task Repeated_invalid_commands_are_retried_after_the_task_timeout()
    {
        var run = await Test.StartAsync("Any");
        await Assert.ThrowsAsync<RpcException>(async () => await Worker.CompleteAsync(await Worker.PollAsync(), Bad()));

        var error = await Assert.ThrowsAsync<RpcException>(
            async () => await Worker.CompleteAsync(await Worker.PollAsync(), Bad()));

        Assert.Equal(RpcException.StatusCode.InvalidArgument, error.Code);
        var pending = (await run.DescribeRawAsync()).PendingWorkflowTask;
        Assert.Equal((PendingWorkflowTaskState.Started, 2), (pending.State, pending.Attempt));
        Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(3, (await Worker.PollAsync()).Attempt);

        static Command[] Bad() => [ManualWorker.Activity("twice"), ManualWorker.Activity("twice")];
    }

    [Fact]
    public async Task A_cancelled_poll_does_not_consume_a_task()
    {
        using var leaving = new CancellationTokenSource();
        var poll = Test.Client.WorkflowService.PollWorkflowTaskQueueAsync(
            new() { Namespace = "default", TaskQueue = new() { Name = Test.TaskQueue }, Identity = "leaving" },
            new() { CancellationToken = leaving.Token });
        await WaitForPollersAsync(1);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => poll);
        await WaitForPollersAsync(0);

        var run = await Test.StartAsync("Any");

        Assert.Equal(run.Id, (await Worker.PollAsync()).WorkflowExecution.WorkflowId);
    }

    [Fact]
    public async Task History_pages_have_the_requested_size()
    {
        var run = await Test.StartAsync("Any");
        for (var n = 0; n < 8; n++) await run.SignalAsync("Say", [n]);
        var request = new GetWorkflowExecutionHistoryRequest
        {
            Namespace = "default",
            Execution = new() { WorkflowId = run.Id },
            MaximumPageSize = 3,
        };
        var ids = new List<long>();

        do
        {
            var page = await Test.Client.WorkflowService.GetWorkflowExecutionHistoryAsync(request);
            Assert.InRange(page.History.Events.Count, 1, 3);
            ids.AddRange(page.History.Events.Select(e => e.EventId));
            request.NextPageToken = page.NextPageToken;
        }
        while (!request.NextPageToken.IsEmpty);

        Assert.Equal(Enumerable.Range(1, 10), ids.Select(id => (int)id));
    }

    /// <summary>Starts a run whose current task waits in the sticky queue of the worker.</summary>
    private async Task StartStickyTaskAsync()
    {
        var run = await Test.StartAsync("Any");
        var task = await Worker.CompleteAndPollStickyAsync(await Worker.PollAsync(), run);
        await Worker.CompleteAsync(task, sticky: true);
        await run.SignalAsync("Say", ["b"]);
    }

    private async Task WaitForPollersAsync(int count) => await Polling.UntilAsync(
        () => Test.DescribeTaskQueueAsync(TaskQueueType.Workflow), queue => queue.Pollers.Count == count);
}
