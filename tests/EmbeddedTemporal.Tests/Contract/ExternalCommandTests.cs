using EmbeddedTemporal.Tests.Support;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;

namespace EmbeddedTemporal.Tests.Contract;

#pragma warning disable CS0612 // The field is deprecated, but SDKs match their commands by it.

/// <summary>
/// The field <c>control</c> of a command is repeated in its events. Some SDKs find their command by it, and wait for
/// ever without it.
/// </summary>
public sealed class ExternalCommandTests : ContractTests
{
    [Fact]
    public async Task The_control_of_a_signal_that_arrives_is_in_its_events()
    {
        var target = await Test.StartAsync("Target");
        await Worker.CompleteAsync(await Worker.PollAsync());

        var history = await RunCommandAsync(Signal(target.Id), EventType.ExternalWorkflowExecutionSignaled);

        Assert.Equal("one", history[0].SignalExternalWorkflowExecutionInitiatedEventAttributes.Control);
        Assert.Equal("one", history[1].ExternalWorkflowExecutionSignaledEventAttributes.Control);
    }

    [Fact]
    public async Task The_control_of_a_signal_without_a_target_is_in_its_events()
    {
        var history = await RunCommandAsync(Signal(Ids.New()), EventType.SignalExternalWorkflowExecutionFailed);

        Assert.Equal("one", history[0].SignalExternalWorkflowExecutionInitiatedEventAttributes.Control);
        Assert.Equal("one", history[1].SignalExternalWorkflowExecutionFailedEventAttributes.Control);
    }

    [Fact]
    public async Task The_control_of_a_cancellation_is_in_its_initiated_event_alone()
    {
        var history = await RunCommandAsync(
            Cancel(Ids.New()), EventType.RequestCancelExternalWorkflowExecutionFailed);

        Assert.Equal("one", history[0].RequestCancelExternalWorkflowExecutionInitiatedEventAttributes.Control);
        Assert.Empty(history[1].RequestCancelExternalWorkflowExecutionFailedEventAttributes.Control);
    }

    [Fact]
    public async Task The_control_of_a_child_is_in_its_initiated_event()
    {
        var command = new Command
        {
            CommandType = CommandType.StartChildWorkflowExecution,
            StartChildWorkflowExecutionCommandAttributes = new()
            {
                WorkflowId = Ids.New(),
                WorkflowType = new() { Name = "Child" },
                TaskQueue = new() { Name = "unpolled" },
                Control = "one",
            },
        };

        var history = await RunCommandAsync(command, EventType.ChildWorkflowExecutionStarted);

        Assert.Equal("one", history[0].StartChildWorkflowExecutionInitiatedEventAttributes.Control);
    }

    /// <summary>Returns the event of the command and the event of its result.</summary>
    private async Task<HistoryEvent[]> RunCommandAsync(Command command, EventType result)
    {
        var run = await Test.StartAsync("Any");
        await Worker.CompleteAsync(await Worker.PollAsync(), command);
        var last = await run.WaitForEventAsync(result);
        var events = (await run.FetchHistoryAsync()).Events;
        var completed = events.First(e => e.EventType == EventType.WorkflowTaskCompleted);
        return [events.Single(e => e.EventId == completed.EventId + 1), last];
    }

    private static Command Signal(string workflowId) => new()
    {
        CommandType = CommandType.SignalExternalWorkflowExecution,
        SignalExternalWorkflowExecutionCommandAttributes = new()
        {
            Execution = new() { WorkflowId = workflowId },
            SignalName = "Say",
            Control = "one",
        },
    };

    private static Command Cancel(string workflowId) => new()
    {
        CommandType = CommandType.RequestCancelExternalWorkflowExecution,
        RequestCancelExternalWorkflowExecutionCommandAttributes = new() { WorkflowId = workflowId, Control = "one" },
    };
}
