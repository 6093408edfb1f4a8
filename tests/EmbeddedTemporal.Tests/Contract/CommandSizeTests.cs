using Temporalio.Api.Command.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Exceptions;

namespace EmbeddedTemporal.Tests.Contract;

/// <summary>A command over 2 MiB ends its run: no later attempt could be smaller.</summary>
public sealed class CommandSizeTests : ContractTests
{
    public static TheoryData<Command, WorkflowTaskFailedCause, string> TooLarge => new()
    {
        {
            new()
            {
                CommandType = CommandType.ScheduleActivityTask,
                ScheduleActivityTaskCommandAttributes = new()
                {
                    ActivityId = "a",
                    ActivityType = new() { Name = "Work" },
                    TaskQueue = new() { Name = "unpolled" },
                    StartToCloseTimeout = new() { Seconds = 60 },
                    Input = Contents.TooLarge,
                },
            },
            WorkflowTaskFailedCause.BadScheduleActivityAttributes,
            "ScheduleActivityTaskCommandAttributes.Input"
        },
        {
            new()
            {
                CommandType = CommandType.RecordMarker,
                RecordMarkerCommandAttributes = new() { MarkerName = "m", Details = { ["d"] = Contents.TooLarge } },
            },
            WorkflowTaskFailedCause.BadRecordMarkerAttributes,
            "RecordMarkerCommandAttributes.Details"
        },
        {
            new()
            {
                CommandType = CommandType.SignalExternalWorkflowExecution,
                SignalExternalWorkflowExecutionCommandAttributes = new()
                {
                    Execution = new() { WorkflowId = "other" },
                    SignalName = "Say",
                    Input = Contents.TooLarge,
                },
            },
            WorkflowTaskFailedCause.BadSignalWorkflowExecutionAttributes,
            "SignalExternalWorkflowExecutionCommandAttributes.Input"
        },
        {
            new()
            {
                CommandType = CommandType.StartChildWorkflowExecution,
                StartChildWorkflowExecutionCommandAttributes = new()
                {
                    WorkflowId = "child",
                    WorkflowType = new() { Name = "Child" },
                    TaskQueue = new() { Name = "unpolled" },
                    Input = Contents.TooLarge,
                },
            },
            WorkflowTaskFailedCause.BadStartChildExecutionAttributes,
            "StartChildWorkflowExecutionCommandAttributes. Input"
        },
        {
            new()
            {
                CommandType = CommandType.CompleteWorkflowExecution,
                CompleteWorkflowExecutionCommandAttributes = new() { Result = Contents.TooLarge },
            },
            WorkflowTaskFailedCause.BadScheduleActivityAttributes,
            "CompleteWorkflowExecutionCommandAttributes.Result"
        },
        {
            new()
            {
                CommandType = CommandType.FailWorkflowExecution,
                FailWorkflowExecutionCommandAttributes = new()
                {
                    Failure = new()
                    {
                        Message = "broken",
                        ApplicationFailureInfo = new() { Type = "T", Details = Contents.TooLarge },
                    },
                },
            },
            WorkflowTaskFailedCause.BadFailWorkflowExecutionAttributes,
            "FailWorkflowExecutionCommandAttributes.Failure"
        },
        {
            new()
            {
                CommandType = CommandType.ContinueAsNewWorkflowExecution,
                ContinueAsNewWorkflowExecutionCommandAttributes = new()
                {
                    WorkflowType = new() { Name = "Any" },
                    TaskQueue = new() { Name = "unpolled" },
                    Input = Contents.TooLarge,
                },
            },
            WorkflowTaskFailedCause.BadContinueAsNewAttributes,
            "ContinueAsNewWorkflowExecutionCommandAttributes. Input"
        },
        {
            new()
            {
                CommandType = CommandType.ModifyWorkflowProperties,
                ModifyWorkflowPropertiesCommandAttributes = new()
                {
                    UpsertedMemo = new() { Fields = { ["a"] = Contents.TooLarge.Payloads_[0] } },
                },
            },
            WorkflowTaskFailedCause.BadModifyWorkflowPropertiesAttributes,
            "ModifyWorkflowPropertiesCommandAttributes"
        },
    };

    [Theory]
    [MemberData(nameof(TooLarge), DisableDiscoveryEnumeration = true)]
    public async Task A_command_over_2_MiB_terminates_the_run_with_the_reason(
        Command command, WorkflowTaskFailedCause cause, string field)
    {
        var run = await Test.StartAsync("Any");
        var task = await Worker.PollAsync();

        var error = await Assert.ThrowsAsync<RpcException>(() => Worker.CompleteAsync(task, command));

        var events = (await run.FetchHistoryAsync()).Events.TakeLast(2).ToList();
        var message = $"{cause}: {field} exceeds size limit.";
        Assert.Equal((RpcException.StatusCode.InvalidArgument, message), (error.Code, error.Message));
        Assert.Equal(cause, events[0].WorkflowTaskFailedEventAttributes.Cause);
        Assert.Equal(message, events[1].WorkflowExecutionTerminatedEventAttributes.Reason);
    }
}
