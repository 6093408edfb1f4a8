using EmbeddedTemporal.Tests.Protocol;
using EmbeddedTemporal.Tests.Support;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Client;
using Temporalio.Exceptions;

namespace EmbeddedTemporal.Tests.Contract;

public sealed class ScheduleContractTests : ContractTests
{
    private readonly string id = Ids.New();

    private WorkflowService Service => Test.Client.WorkflowService;

    [Fact]
    public async Task A_run_gets_the_last_result_and_the_failure_of_the_run_before()
    {
        await Service.CreateScheduleAsync(Daily(id, Test.TaskQueue));

        var first = await RunAsync(Complete("\"one\""));
        var second = await RunAsync(Fail("broken"));
        var third = await RunAsync(Complete("\"three\""));
        var fourth = await RunAsync(Complete("\"four\""));
        await Service.DeleteScheduleAsync(new() { Namespace = "default", ScheduleId = id });

        Assert.Equal((null, null), Received(first));
        Assert.Equal(("\"one\"", null), Received(second));
        Assert.Equal(("\"one\"", "broken"), Received(third));
        Assert.Equal(("\"three\"", null), Received(fourth));
    }

    [Fact]
    public async Task A_deleted_schedule_is_not_found()
    {
        await Service.CreateScheduleAsync(Daily(id, Test.TaskQueue));
        await Service.DeleteScheduleAsync(new() { Namespace = "default", ScheduleId = id });

        await AssertNotFoundAsync("schedule not found", DescribeAsync);
        await AssertNotFoundAsync("workflow execution already completed", TriggerAsync);
        await AssertNotFoundAsync(
            "workflow execution already completed",
            () => Service.DeleteScheduleAsync(new() { Namespace = "default", ScheduleId = id }));
    }

    [Fact]
    public async Task A_schedule_that_never_was_is_an_unknown_workflow()
    {
        await AssertNotFoundAsync($"workflow not found for ID: temporal-sys-scheduler:{id}", DescribeAsync);
        await AssertNotFoundAsync($"workflow not found for ID: temporal-sys-scheduler:{id}", TriggerAsync);
    }

    internal static CreateScheduleRequest Daily(string id, string queue, Payloads? input = null) => new()
    {
        Namespace = "default",
        ScheduleId = id,
        RequestId = Ids.New(),
        Schedule = new()
        {
            Spec = new() { Interval = { new Temporalio.Api.Schedule.V1.IntervalSpec { Interval = Day } } },
            Action = new()
            {
                StartWorkflow = new()
                {
                    WorkflowId = $"run-{id}",
                    WorkflowType = new() { Name = "Any" },
                    TaskQueue = new() { Name = queue },
                    Input = input,
                },
            },
        },
    };

    private static Google.Protobuf.WellKnownTypes.Duration Day => new() { Seconds = 24 * 60 * 60 };

    /// <summary>Triggers a run, ends it, and returns its start.</summary>
    private async Task<WorkflowExecutionStartedEventAttributes> RunAsync(Command end)
    {
        await TriggerAsync();
        var task = await Worker.PollAsync();
        await Worker.CompleteAsync(task, end);
        // The real server learns of the end a moment later.
        await Polling.UntilAsync(DescribeAsync, schedule => schedule.Info.RunningWorkflows.Count == 0);
        return task.History.Events[0].WorkflowExecutionStartedEventAttributes;
    }

    private Task<DescribeScheduleResponse> DescribeAsync() =>
        Service.DescribeScheduleAsync(new() { Namespace = "default", ScheduleId = id });

    private Task TriggerAsync() => Service.PatchScheduleAsync(new()
    {
        Namespace = "default",
        ScheduleId = id,
        RequestId = Ids.New(),
        Patch = new() { TriggerImmediately = new() { OverlapPolicy = ScheduleOverlapPolicy.Skip } },
    });

    private static (string? Result, string? Failure) Received(WorkflowExecutionStartedEventAttributes started) =>
        (started.LastCompletionResult?.Payloads_[0].Data.ToStringUtf8(), started.ContinuedFailure?.Message);

    private static Command Complete(string json)
    {
        var command = ManualWorker.Complete();
        command.CompleteWorkflowExecutionCommandAttributes.Result = Contents.Of(Contents.Json(json));
        return command;
    }

    private static Command Fail(string message) => new()
    {
        CommandType = CommandType.FailWorkflowExecution,
        FailWorkflowExecutionCommandAttributes = new()
        {
            Failure = new() { Message = message, ApplicationFailureInfo = new() { Type = "T" } },
        },
    };

    private static async Task AssertNotFoundAsync(string message, Func<Task> call)
    {
        var error = await Assert.ThrowsAsync<RpcException>(call);
        Assert.Equal((RpcException.StatusCode.NotFound, message), (error.Code, error.Message));
    }
}
