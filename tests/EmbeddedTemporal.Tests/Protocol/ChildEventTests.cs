using EmbeddedTemporal.Tests.Support;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Client;

namespace EmbeddedTemporal.Tests.Protocol;

public sealed class ChildEventTests : ProtocolTests
{
    private readonly string childId = Ids.New();

    [Fact]
    public async Task The_failed_event_of_a_child_refers_to_its_earlier_events()
    {
        var (parent, child) = await StartChildAsync();

        await Worker.CompleteAsync(child, new Command
        {
            CommandType = CommandType.FailWorkflowExecution,
            FailWorkflowExecutionCommandAttributes = new() { Failure = new() { Message = "broken" } },
        });

        var history = (await parent.FetchHistoryAsync()).Events;
        var started = history.Single(e => e.ChildWorkflowExecutionStartedEventAttributes is not null);
        var failed = history.Single(e => e.ChildWorkflowExecutionFailedEventAttributes is not null)
            .ChildWorkflowExecutionFailedEventAttributes;
        Assert.Equal(started.EventId, failed.StartedEventId);
        Assert.Equal(started.ChildWorkflowExecutionStartedEventAttributes.InitiatedEventId, failed.InitiatedEventId);
        Assert.Equal(child.WorkflowExecution, failed.WorkflowExecution);
        Assert.Equal(("default", "Child"), (failed.Namespace, failed.WorkflowType.Name));
        Assert.Equal(("broken", RetryState.RetryPolicyNotSet), (failed.Failure.Message, failed.RetryState));
    }

    [Fact]
    public async Task The_timed_out_event_of_a_child_refers_to_its_earlier_events()
    {
        var (parent, child) = await StartChildAsync();

        Clock.Advance(TimeSpan.FromHours(1));

        var timedOut = (await parent.WaitForEventAsync(EventType.ChildWorkflowExecutionTimedOut))
            .ChildWorkflowExecutionTimedOutEventAttributes;
        var started = await parent.WaitForEventAsync(EventType.ChildWorkflowExecutionStarted);
        Assert.Equal(started.EventId, timedOut.StartedEventId);
        Assert.Equal(started.ChildWorkflowExecutionStartedEventAttributes.InitiatedEventId, timedOut.InitiatedEventId);
        Assert.Equal(child.WorkflowExecution, timedOut.WorkflowExecution);
        Assert.Equal(("default", "Child"), (timedOut.Namespace, timedOut.WorkflowType.Name));
        Assert.Equal(RetryState.RetryPolicyNotSet, timedOut.RetryState);
    }

    [Fact]
    public async Task The_failed_event_of_a_signal_repeats_the_target_of_its_initiated_event()
    {
        var run = await Test.StartAsync("Any");

        await Worker.CompleteAsync(await Worker.PollAsync(), new Command
        {
            CommandType = CommandType.SignalExternalWorkflowExecution,
            SignalExternalWorkflowExecutionCommandAttributes = new()
            {
                Execution = new() { WorkflowId = "missing" },
                SignalName = "Say",
            },
        });

        var e = await run.WaitForEventAsync(EventType.SignalExternalWorkflowExecutionFailed);
        var initiated = await run.WaitForEventAsync(EventType.SignalExternalWorkflowExecutionInitiated);
        var failed = e.SignalExternalWorkflowExecutionFailedEventAttributes;
        Assert.Equal(initiated.EventId, failed.InitiatedEventId);
        Assert.Equal(
            initiated.SignalExternalWorkflowExecutionInitiatedEventAttributes.WorkflowTaskCompletedEventId,
            failed.WorkflowTaskCompletedEventId);
        Assert.Equal(("default", "missing"), (failed.Namespace, failed.WorkflowExecution.WorkflowId));
        Assert.Equal(SignalExternalWorkflowExecutionFailedCause.ExternalWorkflowExecutionNotFound, failed.Cause);
    }

    /// <summary>Starts a parent and a child with a run timeout of one hour; returns the child's first task.</summary>
    private async Task<(WorkflowHandle Parent, PollWorkflowTaskQueueResponse Child)> StartChildAsync()
    {
        var parent = await Test.StartAsync("Parent");
        await Worker.CompleteAsync(await Worker.PollAsync(), new Command
        {
            CommandType = CommandType.StartChildWorkflowExecution,
            StartChildWorkflowExecutionCommandAttributes = new()
            {
                WorkflowId = childId,
                WorkflowType = new() { Name = "Child" },
                WorkflowRunTimeout = new() { Seconds = 3600 },
            },
        });
        return (parent, await Worker.PollAsync());
    }
}
