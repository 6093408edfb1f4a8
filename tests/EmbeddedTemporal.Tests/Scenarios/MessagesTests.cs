using EmbeddedTemporal.Tests.Support;
using Temporalio.Api.Enums.V1;
using Temporalio.Converters;
using Temporalio.Exceptions;

namespace EmbeddedTemporal.Tests.Scenarios;

public sealed class MessagesTests
{
    [Fact]
    public async Task Signals_reach_the_workflow_in_order()
    {
        await using var test = await TestServer.WithWorkerAsync();
        var run = await test.StartAsync("CollectWorkflow", 3);

        await run.SignalAsync("Say", ["a"]);
        await run.SignalAsync("Say", ["b"]);
        await run.SignalAsync("Say", ["c"]);

        Assert.Equal(["a", "b", "c"], await run.GetResultAsync<string[]>());
    }

    [Fact]
    public async Task Fifty_concurrent_signals_all_arrive_before_the_run_ends()
    {
        await using var test = await TestServer.WithWorkerAsync();
        var run = await test.StartAsync("CollectWorkflow", 50);

        await Task.WhenAll(Enumerable.Range(0, 50).Select(n => run.SignalAsync("Say", [$"word{n}"])));

        Assert.Equal(50, (await run.GetResultAsync<string[]>()).Distinct().Count());
    }

    [Fact]
    public async Task A_signal_sent_twice_with_the_same_request_id_arrives_once()
    {
        await using var test = await TestServer.WithWorkerAsync();
        var run = await test.StartAsync("CollectWorkflow", 2);
        var signal = new Temporalio.Api.WorkflowService.V1.SignalWorkflowExecutionRequest
        {
            Namespace = "default",
            WorkflowExecution = new() { WorkflowId = run.Id },
            SignalName = "Say",
            RequestId = "once",
            Input = new() { Payloads_ = { DataConverter.Default.PayloadConverter.ToPayload("twice") } },
        };

        await test.Client.WorkflowService.SignalWorkflowExecutionAsync(signal);
        await test.Client.WorkflowService.SignalWorkflowExecutionAsync(signal);
        await run.SignalAsync("Say", ["other"]);

        Assert.Equal(["twice", "other"], await run.GetResultAsync<string[]>());
    }

    [Fact]
    public async Task Signal_with_start_starts_once_and_signals_each_time()
    {
        await using var test = await TestServer.WithWorkerAsync();
        var id = Ids.New();

        var first = await test.StartAsync(
            new(id, test.TaskQueue) { StartSignal = "Say", StartSignalArgs = ["a"] }, "CollectWorkflow", 2);
        var second = await test.StartAsync(
            new(id, test.TaskQueue) { StartSignal = "Say", StartSignalArgs = ["b"] }, "CollectWorkflow", 2);

        Assert.Equal(first.ResultRunId, second.ResultRunId);
        Assert.Equal(["a", "b"], await first.GetResultAsync<string[]>());
    }

    [Fact]
    public async Task A_query_is_answered_while_the_workflow_waits_and_after_its_end()
    {
        await using var test = await TestServer.WithWorkerAsync();
        var run = await test.StartAsync("CollectWorkflow", 2);

        await run.SignalAsync("Say", ["a"]);
        Assert.Equal(1, await run.QueryAsync<int>("Count", []));
        await run.SignalAsync("Say", ["b"]);
        await run.GetResultAsync();

        Assert.Equal(2, await run.QueryAsync<int>("Count", []));
    }

    [Fact]
    public async Task A_query_reflects_every_earlier_signal()
    {
        await using var test = await TestServer.WithWorkerAsync();
        var run = await test.StartAsync("CollectWorkflow", 100);

        for (var n = 1; n <= 20; n++)
        {
            await run.SignalAsync("Say", [$"word{n}"]);
            Assert.Equal(n, await run.QueryAsync<int>("Count", []));
        }
    }

    [Fact]
    public async Task A_failing_query_fails_at_the_caller()
    {
        await using var test = await TestServer.WithWorkerAsync();
        var run = await test.StartAsync("CollectWorkflow", 1);
        await run.WaitForEventAsync(EventType.WorkflowTaskCompleted);

        var failure = await Assert.ThrowsAsync<WorkflowQueryFailedException>(() => run.QueryAsync<string>("Nth", [7]));

        Assert.Equal("there are 0 words only", failure.Message);
    }

    [Fact]
    public async Task A_request_without_a_query_is_rejected_before_it_reaches_a_worker()
    {
        await using var test = await TestServer.StartAsync();
        var run = await test.StartAsync("CollectWorkflow", 1);

        var error = await Assert.ThrowsAsync<RpcException>(() => test.Client.WorkflowService.QueryWorkflowAsync(
            new() { Namespace = "default", Execution = new() { WorkflowId = run.Id } }));

        Assert.Equal(RpcException.StatusCode.InvalidArgument, error.Code);
    }

    [Fact]
    public async Task A_query_to_a_closed_run_can_be_rejected()
    {
        await using var test = await TestServer.WithWorkerAsync();
        var run = await test.StartAsync("CollectWorkflow", 0);
        await run.GetResultAsync();

        var rejected = await Assert.ThrowsAsync<WorkflowQueryRejectedException>(() => run.QueryAsync<int>(
            "Count", [], new() { RejectCondition = QueryRejectCondition.NotOpen }));

        Assert.Equal(WorkflowExecutionStatus.Completed, rejected.WorkflowStatus);
    }

    [Fact]
    public async Task An_update_returns_the_result_of_its_handler()
    {
        await using var test = await TestServer.WithWorkerAsync();
        var run = await test.StartAsync("CollectWorkflow", 2);

        Assert.Equal(1, await run.ExecuteUpdateAsync<int>("Add", ["a"]));
        Assert.Equal(2, await run.ExecuteUpdateAsync<int>("Add", ["b"]));

        Assert.Equal(["a", "b"], await run.GetResultAsync<string[]>());
    }

    [Fact]
    public async Task An_update_repeated_with_its_id_runs_once()
    {
        await using var test = await TestServer.WithWorkerAsync();
        var run = await test.StartAsync("CollectWorkflow", 2);

        Assert.Equal(1, await run.ExecuteUpdateAsync<int>("Add", ["a"], new() { Id = "same" }));
        Assert.Equal(1, await run.ExecuteUpdateAsync<int>("Add", ["a"], new() { Id = "same" }));

        Assert.Equal(1, await run.QueryAsync<int>("Count", []));
    }

    [Fact]
    public async Task A_rejected_update_fails_at_the_caller_and_writes_no_event()
    {
        await using var test = await TestServer.WithWorkerAsync();
        var run = await test.StartAsync("CollectWorkflow", 1);

        var failure = await Assert.ThrowsAsync<WorkflowUpdateFailedException>(
            () => run.ExecuteUpdateAsync<int>("Add", [""]));

        Assert.Equal("the word is empty", failure.InnerException?.Message);
        Assert.DoesNotContain(EventType.WorkflowExecutionUpdateAccepted, await run.EventTypesAsync());
    }

    [Fact]
    public async Task An_update_of_a_closed_run_is_not_found()
    {
        await using var test = await TestServer.WithWorkerAsync();
        var run = await test.StartAsync("CollectWorkflow", 0);
        await run.GetResultAsync();

        var failure = await Assert.ThrowsAsync<RpcException>(() => run.ExecuteUpdateAsync<int>("Add", ["late"]));

        Assert.Equal(RpcException.StatusCode.NotFound, failure.Code);
    }

    [Fact]
    public async Task An_update_without_a_worker_completes_when_a_worker_starts()
    {
        await using var test = await TestServer.StartAsync();
        var run = await test.StartAsync("CollectWorkflow", 1);
        var update = run.ExecuteUpdateAsync<int>("Add", ["a"]);

        await test.StartWorkerAsync();

        Assert.Equal(1, await update);
    }
}
