using EmbeddedTemporal.Tests.Support;
using Microsoft.Extensions.Time.Testing;
using Temporalio.Activities;
using Temporalio.Api.Enums.V1;
using Temporalio.Exceptions;

namespace EmbeddedTemporal.Tests.Scenarios;

public sealed class EndingTests
{
    [Fact]
    public async Task A_terminated_run_ends_without_running_workflow_code()
    {
        await using var test = await TestServer.StartAsync();
        var run = await test.StartAsync("CollectWorkflow", 1);

        await run.TerminateAsync("enough");

        var failure = await Assert.ThrowsAsync<WorkflowFailedException>(() => run.GetResultAsync());
        Assert.Equal("enough", Assert.IsType<TerminatedFailureException>(failure.InnerException).Message);
    }

    [Fact]
    public async Task A_workflow_handles_its_cancellation_and_a_second_request_has_no_effect()
    {
        await using var test = await TestServer.WithWorkerAsync();
        var run = await test.StartAsync("CollectWorkflow", 1);

        await run.CancelAsync();
        await run.CancelAsync();

        var failure = await Assert.ThrowsAsync<WorkflowFailedException>(() => run.GetResultAsync());
        Assert.IsType<CanceledFailureException>(failure.InnerException);
        await run.CancelAsync();
        Assert.Single(await run.EventTypesAsync(), type => type == EventType.WorkflowExecutionCancelRequested);
    }

    [Fact]
    public async Task A_closed_run_can_be_neither_signalled_nor_terminated()
    {
        await using var test = await TestServer.WithWorkerAsync();
        var run = await test.StartAsync("CollectWorkflow", 0);
        await run.GetResultAsync();

        var signal = await Assert.ThrowsAsync<RpcException>(() => run.SignalAsync("Say", ["late"]));
        var terminate = await Assert.ThrowsAsync<RpcException>(() => run.TerminateAsync());

        Assert.Equal(RpcException.StatusCode.NotFound, signal.Code);
        Assert.Equal("workflow execution already completed", terminate.Message);
    }

    [Fact]
    public async Task Continue_as_new_returns_the_result_of_the_last_run()
    {
        await using var test = await TestServer.WithWorkerAsync();

        var run = await test.StartAsync("CountdownWorkflow", 3);

        Assert.Equal("zero", await run.GetResultAsync<string>());
        Assert.Equal(4, (await test.Client.CountWorkflowsAsync("")).Count);
    }

    [Fact]
    public async Task A_failed_workflow_with_a_retry_policy_is_retried_as_a_new_run()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var test = await TestServer.WithWorkerAsync(new() { TimeProvider = clock });
        using var skipping = test.Server.SkipTime(clock.Advance);

        var run = await test.StartAsync(
            new(Ids.New(), test.TaskQueue) { RetryPolicy = new() { MaximumAttempts = 5 } }, "PersistentWorkflow", 3);

        Assert.Equal(3, await run.GetResultAsync<int>());
    }

    [Fact]
    public async Task A_signal_during_the_last_task_of_a_workflow_is_not_lost()
    {
        var started = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        await using var test = await TestServer.WithWorkerAsync(
            null,
            [Activity("Work")] async () =>
            {
                started.TrySetResult();
                await release.Task;
            });
        var run = await test.StartAsync("HastyWorkflow");

        await started.Task;
        await run.SignalAsync("Say", ["just in time"]);
        release.SetResult();

        Assert.Equal(1, await run.GetResultAsync<int>());
        Assert.Contains(EventType.WorkflowTaskFailed, await run.EventTypesAsync());
    }
}
