using EmbeddedTemporal.Tests.Protocol;
using EmbeddedTemporal.Tests.Support;
using Google.Protobuf;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Client;
using Temporalio.Exceptions;
using WorkflowExecution = Temporalio.Api.Common.V1.WorkflowExecution;

namespace EmbeddedTemporal.Tests.Contract;

/// <summary>The limits of the server: 2 MiB a payload, 4 MiB a message.</summary>
public sealed class SizeLimitTests : ContractTests
{
    private WorkflowService Service => Test.Client.WorkflowService;

    [Fact]
    public async Task A_start_with_an_input_or_a_memo_over_2_MiB_is_refused()
    {
        var memo = new Memo { Fields = { ["a"] = Contents.TooLarge.Payloads_[0] } };

        await AssertRefusedAsync(
            "Blob data size exceeds limit.", () => Service.StartWorkflowExecutionAsync(Start(Contents.TooLarge)));
        await AssertRefusedAsync(
            "Memo size exceeds limit.", () => Service.StartWorkflowExecutionAsync(Start(memo: memo)));
    }

    [Fact]
    public async Task A_signal_and_a_query_over_2_MiB_are_refused()
    {
        var run = await Test.StartAsync("Any");
        var execution = new WorkflowExecution { WorkflowId = run.Id };

        await AssertRefusedAsync("Blob data size exceeds limit.", () => Service.SignalWorkflowExecutionAsync(new()
        {
            Namespace = "default",
            WorkflowExecution = execution,
            SignalName = "Say",
            Input = Contents.TooLarge,
        }));
        await AssertRefusedAsync("Blob data size exceeds limit.", () => Service.QueryWorkflowAsync(new()
        {
            Namespace = "default",
            Execution = execution,
            Query = new() { QueryType = "Ask", QueryArgs = Contents.TooLarge },
        }));
    }

    [Fact]
    public async Task A_schedule_whose_input_is_over_2_MiB_is_refused() => await AssertRefusedAsync(
        "Blob data size exceeds limit.",
        () => Service.CreateScheduleAsync(ScheduleContractTests.Daily(Ids.New(), Test.TaskQueue, Contents.TooLarge)));

    [Fact]
    public async Task A_message_over_4_MiB_is_refused()
    {
        var input = Contents.Of(new Payload { Data = ByteString.CopyFrom(new byte[5 * 1024 * 1024]) });

        var error = await Assert.ThrowsAsync<RpcException>(() => Service.StartWorkflowExecutionAsync(Start(input)));

        Assert.Equal(RpcException.StatusCode.ResourceExhausted, error.Code);
    }

    [Fact]
    public async Task An_activity_with_a_result_over_2_MiB_fails()
    {
        var (run, activity) = await StartActivityAsync();

        await Service.RespondActivityTaskCompletedAsync(
            new() { Namespace = "default", TaskToken = activity.TaskToken, Result = Contents.TooLarge });

        await AssertActivityFailedAsync(run, "Complete result exceeds size limit.");
    }

    [Fact]
    public async Task An_activity_with_heartbeat_details_over_2_MiB_fails_and_is_asked_to_cancel()
    {
        var (run, activity) = await StartActivityAsync();

        var response = await Service.RecordActivityTaskHeartbeatAsync(
            new() { Namespace = "default", TaskToken = activity.TaskToken, Details = Contents.TooLarge });

        Assert.True(response.CancelRequested);
        await AssertActivityFailedAsync(run, "Heartbeat details exceed size limit.");
    }

    [Fact]
    public async Task A_failure_over_2_MiB_is_shortened()
    {
        var (run, activity) = await StartActivityAsync();

        var response = await Service.RespondActivityTaskFailedAsync(new()
        {
            Namespace = "default",
            TaskToken = activity.TaskToken,
            Failure = new()
            {
                Message = "broken",
                ApplicationFailureInfo = new() { Type = "T", NonRetryable = true, Details = Contents.TooLarge },
            },
        });

        Assert.Equal("Failure exceeds size limit.", Assert.Single(response.Failures).Message);
        await AssertActivityFailedAsync(run, "Failure exceeds size limit.");
    }

    [Fact]
    public async Task A_failure_that_is_no_applications_failure_is_refused()
    {
        var (_, activity) = await StartActivityAsync();

        await AssertRefusedAsync(
            "Failure must have ApplicationFailureInfo.",
            () => Service.RespondActivityTaskFailedAsync(new()
            {
                Namespace = "default",
                TaskToken = activity.TaskToken,
                Failure = new() { Message = "broken" },
            }));
    }

    private StartWorkflowExecutionRequest Start(Payloads? input = null, Memo? memo = null) => new()
    {
        Namespace = "default",
        WorkflowId = Ids.New(),
        RequestId = Ids.New(),
        WorkflowType = new() { Name = "Any" },
        TaskQueue = new() { Name = Test.TaskQueue },
        Input = input,
        Memo = memo,
    };

    private async Task<(WorkflowHandle Run, PollActivityTaskQueueResponse Activity)> StartActivityAsync()
    {
        var run = await Test.StartAsync("Any");
        var command = ManualWorker.Activity("a");
        command.ScheduleActivityTaskCommandAttributes.TaskQueue = new() { Name = Test.TaskQueue };
        await Worker.CompleteAsync(await Worker.PollAsync(), command);
        return (run, await Worker.PollActivityAsync());
    }

    private static async Task AssertActivityFailedAsync(WorkflowHandle run, string message)
    {
        var failed = (await run.WaitForEventAsync(EventType.ActivityTaskFailed)).ActivityTaskFailedEventAttributes;
        Assert.Equal(message, failed.Failure.Message);
        Assert.True(failed.Failure.ServerFailureInfo.NonRetryable);
    }

    private static async Task AssertRefusedAsync(string message, Func<Task> call)
    {
        var error = await Assert.ThrowsAsync<RpcException>(call);
        Assert.Equal((RpcException.StatusCode.InvalidArgument, message), (error.Code, error.Message));
    }
}
