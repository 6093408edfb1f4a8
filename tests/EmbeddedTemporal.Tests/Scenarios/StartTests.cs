using EmbeddedTemporal.Tests.Support;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.ErrorDetails.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Client;
using Temporalio.Exceptions;

namespace EmbeddedTemporal.Tests.Scenarios;

public sealed class StartTests
{
    [Fact]
    public async Task A_running_workflow_id_is_rejected_with_its_run_id()
    {
        await using var test = await TestServer.StartAsync();
        var run = await test.StartAsync("CollectWorkflow", 1);

        var error = await Assert.ThrowsAsync<WorkflowAlreadyStartedException>(
            () => test.StartAsync(new(run.Id, test.TaskQueue), "CollectWorkflow", 1));

        Assert.Equal(run.ResultRunId, error.RunId);
        Assert.Contains("already running", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_running_workflow_id_can_return_the_existing_run()
    {
        await using var test = await TestServer.StartAsync();
        var run = await test.StartAsync("CollectWorkflow", 1);

        var same = await StartAgainAsync(test, run, WorkflowIdConflictPolicy.UseExisting);

        Assert.Equal(run.ResultRunId, same.ResultRunId);
    }

    [Fact]
    public async Task A_running_workflow_id_can_be_replaced()
    {
        await using var test = await TestServer.StartAsync();
        var run = await test.StartAsync("CollectWorkflow", 1);

        var next = await StartAgainAsync(test, run, WorkflowIdConflictPolicy.TerminateExisting);

        Assert.NotEqual(run.ResultRunId, next.ResultRunId);
        var old = await test.Client.GetWorkflowHandle(run.Id, run.ResultRunId).DescribeAsync();
        Assert.Equal(WorkflowExecutionStatus.Terminated, old.Status);
    }

    [Fact]
    public async Task A_signal_with_start_can_replace_a_running_workflow_id()
    {
        await using var test = await TestServer.StartAsync();
        var run = await test.StartAsync("CollectWorkflow", 2);
        var request = new SignalWithStartWorkflowExecutionRequest
        {
            Namespace = "default",
            WorkflowId = run.Id,
            WorkflowType = new() { Name = "CollectWorkflow" },
            TaskQueue = new() { Name = test.TaskQueue },
            SignalName = "Say",
#pragma warning disable CS0612 // Deprecated in favour of the conflict policy, but clients still send it.
            WorkflowIdReusePolicy = WorkflowIdReusePolicy.TerminateIfRunning,
#pragma warning restore CS0612
        };

        var next = await test.Client.WorkflowService.SignalWithStartWorkflowExecutionAsync(request);

        Assert.NotEqual(run.ResultRunId, next.RunId);
        var old = test.Client.GetWorkflowHandle(run.Id, run.ResultRunId);
        Assert.Equal(WorkflowExecutionStatus.Terminated, (await old.DescribeAsync()).Status);
        Assert.DoesNotContain(EventType.WorkflowExecutionSignaled, await old.EventTypesAsync());
        Assert.Contains(
            EventType.WorkflowExecutionSignaled,
            await test.Client.GetWorkflowHandle(run.Id, next.RunId).EventTypesAsync());
    }

    [Theory]
    [InlineData(WorkflowIdReusePolicy.AllowDuplicate, true, true)]
    [InlineData(WorkflowIdReusePolicy.AllowDuplicateFailedOnly, false, true)]
    [InlineData(WorkflowIdReusePolicy.RejectDuplicate, false, false)]
    public async Task A_closed_workflow_id_is_reused_according_to_the_policy(
        WorkflowIdReusePolicy policy, bool afterSuccess, bool afterTermination)
    {
        await using var test = await TestServer.WithWorkerAsync();
        var succeeded = await test.StartAsync("CollectWorkflow", 0);
        await succeeded.GetResultAsync();
        var terminated = await test.StartAsync("CollectWorkflow", 1);
        await terminated.TerminateAsync();

        Assert.Equal(afterSuccess, await CanStart(succeeded.Id));
        Assert.Equal(afterTermination, await CanStart(terminated.Id));

        async Task<bool> CanStart(string id)
        {
            try
            {
                await test.StartAsync(new(id, test.TaskQueue) { IdReusePolicy = policy }, "CollectWorkflow", 0);
                return true;
            }
            catch (WorkflowAlreadyStartedException)
            {
                return false;
            }
        }
    }

    [Fact]
    public async Task A_start_repeated_with_its_request_id_returns_the_first_run()
    {
        await using var test = await TestServer.StartAsync();
        var request = new StartWorkflowExecutionRequest
        {
            Namespace = "default",
            WorkflowId = "the-id",
            WorkflowType = new() { Name = "CollectWorkflow" },
            TaskQueue = new() { Name = test.TaskQueue },
            RequestId = "the-request",
        };

        var first = await test.Client.WorkflowService.StartWorkflowExecutionAsync(request);
        var second = await test.Client.WorkflowService.StartWorkflowExecutionAsync(request);

        Assert.Equal(first.RunId, second.RunId);
    }

    [Fact]
    public async Task A_memo_is_returned_in_the_description_and_the_list()
    {
        await using var test = await TestServer.StartAsync();
        var memo = new Dictionary<string, object> { ["tenant"] = "acme" };
        var run = await test.StartAsync(new(Ids.New(), test.TaskQueue) { Memo = memo }, "CollectWorkflow", 1);

        var described = await run.DescribeAsync();
        Assert.Equal("acme", await described.Memo["tenant"].ToValueAsync<string>());
        await foreach (var listed in test.Client.ListWorkflowsAsync(""))
            Assert.Equal("acme", await listed.Memo["tenant"].ToValueAsync<string>());
    }

    [Fact]
    public async Task A_missing_namespace_is_reported_by_name()
    {
        await using var test = await TestServer.StartAsync();
        var client = await TemporalClient.ConnectAsync(new(test.Server.Address) { Namespace = "nowhere" });

        var failure = await Assert.ThrowsAsync<RpcException>(
            () => client.StartWorkflowAsync("CollectWorkflow", [1], new("id", "queue")));

        Assert.Equal(RpcException.StatusCode.NotFound, failure.Code);
        Assert.Equal("Namespace nowhere is not found.", failure.Message);
        var detail = Assert.Single(failure.GrpcStatus.Value!.Details).Unpack<NamespaceNotFoundFailure>();
        Assert.Equal("nowhere", detail.Namespace);
    }

    [Fact]
    public async Task An_unsupported_method_answers_Unimplemented()
    {
        await using var test = await TestServer.StartAsync();

        var failure = await Assert.ThrowsAsync<RpcException>(
            () => test.Client.WorkflowService.ListBatchOperationsAsync(new() { Namespace = "default" }));

        Assert.Equal(RpcException.StatusCode.Unimplemented, failure.Code);
        Assert.StartsWith(
            "the embedded Temporal server does not implement ListBatchOperations",
            failure.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_with_a_cron_schedule_is_rejected_and_not_run_once()
    {
        await using var test = await TestServer.StartAsync();

        var failure = await Assert.ThrowsAsync<RpcException>(() => test.StartAsync(
            new(Ids.New(), test.TaskQueue) { CronSchedule = "* * * * *" }, "CollectWorkflow", 1));

        Assert.Equal(RpcException.StatusCode.Unimplemented, failure.Code);
    }

    [Fact]
    public async Task The_health_service_reports_serving()
    {
        await using var test = await TestServer.StartAsync();

        Assert.True(await test.Client.Connection.CheckHealthAsync());
    }

    private static Task<WorkflowHandle> StartAgainAsync(
        TestServer test, WorkflowHandle run, WorkflowIdConflictPolicy policy) =>
        test.StartAsync(new(run.Id, test.TaskQueue) { IdConflictPolicy = policy }, "CollectWorkflow", 1);
}
