using EmbeddedTemporal.Tests.Support;
using Microsoft.Extensions.Time.Testing;
using Temporalio.Activities;
using Temporalio.Api.Enums.V1;

namespace EmbeddedTemporal.Tests.Scenarios;

public sealed class WorkflowTaskTests
{
    [Fact]
    public async Task A_patched_workflow_runs_and_replays()
    {
        await using var test = await TestServer.WithWorkerAsync();

        var run = await test.StartAsync("PatchedWorkflow");

        Assert.Equal("new", await run.GetResultAsync<string>());
        Assert.Contains(EventType.UpsertWorkflowSearchAttributes, await run.EventTypesAsync());
    }

    [Fact]
    public async Task A_bug_in_workflow_code_can_be_fixed_while_the_run_is_open()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var test = await TestServer.WithWorkerAsync(new() { TimeProvider = clock });
        BuggyWorkflow.IsFixed = false;
        var run = await test.StartAsync("BuggyWorkflow");
        await run.WaitForEventAsync(EventType.WorkflowTaskFailed);

        // Core reports only the first failure; the server starts the next attempts after the task's timeout.
        await Polling.UntilAsync(() => GetStartedAttemptAsync(run), attempt => attempt == 2);
        clock.Advance(TimeSpan.FromSeconds(10));
        await Polling.UntilAsync(() => GetStartedAttemptAsync(run), attempt => attempt == 3);
        BuggyWorkflow.IsFixed = true;
        clock.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal("fixed", await run.GetResultAsync<string>());
        Assert.Single(await run.EventTypesAsync(), type => type == EventType.WorkflowTaskFailed);
    }

    [Fact]
    public async Task A_local_activity_longer_than_the_task_keeps_the_task_alive()
    {
        var release = new TaskCompletionSource();
        await using var test = await TestServer.WithWorkerAsync(null, [Activity("Work")] () => release.Task);
        var run = await test.StartAsync(
            new(Ids.New(), test.TaskQueue) { TaskTimeout = TimeSpan.FromSeconds(1) }, "HastyWorkflow");

        await run.WaitForEventAsync(EventType.WorkflowTaskCompleted, 2);
        release.SetResult();

        Assert.Equal(0, await run.GetResultAsync<int>());
        Assert.Contains(EventType.MarkerRecorded, await run.EventTypesAsync());
        Assert.DoesNotContain(EventType.WorkflowTaskTimedOut, await run.EventTypesAsync());
    }

    [Fact]
    public async Task A_worker_shutdown_hands_its_runs_over_at_once()
    {
        await using var test = await TestServer.StartAsync();
        var leaving = await test.StartWorkerAsync();
        var run = await test.StartAsync("CollectWorkflow", 2);
        await run.SignalAsync("Say", ["a"]);
        Assert.Equal(1, await run.QueryAsync<int>("Count", []));

        await leaving.DisposeAsync();
        await run.SignalAsync("Say", ["b"]);
        await test.StartWorkerAsync();

        Assert.Equal(["a", "b"], await run.GetResultAsync<string[]>());
        Assert.DoesNotContain(EventType.WorkflowTaskTimedOut, await run.EventTypesAsync());
    }

    [Fact]
    public async Task Two_workers_share_a_queue()
    {
        await using var test = await TestServer.StartAsync();
        for (var n = 0; n < 2; n++)
            await test.StartWorkerAsync(null, [Activity("Square")] (int number) => number * number);

        var runs = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => test.StartAsync("ParallelWorkflow", 3)));

        Assert.All(await Task.WhenAll(runs.Select(run => run.GetResultAsync<int>())), sum => Assert.Equal(14, sum));
    }

    [Fact]
    public async Task A_worker_without_a_cache_replays_each_time()
    {
        await using var test = await TestServer.StartAsync();
        await test.StartWorkerAsync(options => options.MaxCachedWorkflows = 0);
        var run = await test.StartAsync("CollectWorkflow", 3);

        foreach (var word in new[] { "a", "b", "c" }) await run.ExecuteUpdateAsync<int>("Add", [word]);

        Assert.Equal(["a", "b", "c"], await run.GetResultAsync<string[]>());
    }

    [Fact]
    public async Task A_worker_with_a_small_cache_fetches_evicted_histories_again()
    {
        await using var test = await TestServer.StartAsync();
        await test.StartWorkerAsync(options => options.MaxCachedWorkflows = 3);
        var runs = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => test.StartAsync("CollectWorkflow", 2)));

        foreach (var word in new[] { "a", "b" }) await Task.WhenAll(runs.Select(run => run.SignalAsync("Say", [word])));

        Assert.All(
            await Task.WhenAll(runs.Select(run => run.GetResultAsync<string[]>())),
            words => Assert.Equal(["a", "b"], words));
    }

    [Fact]
    public async Task A_history_of_several_megabytes_reaches_a_new_worker()
    {
        await using var test = await TestServer.StartAsync();
        var first = await test.StartWorkerAsync();
        var run = await test.StartAsync("CollectWorkflow", 22);
        for (var n = 0; n < 20; n++) await run.SignalAsync("Say", [new string('x', 300_000)]);
        Assert.Equal(20, await run.QueryAsync<int>("Count", []));
        await first.DisposeAsync();

        await test.StartWorkerAsync();
        await run.SignalAsync("Say", ["end"]);

        Assert.Equal("end", await run.QueryAsync<string>("Nth", [20]));
        // The words together are too large for a result.
        await run.TerminateAsync();
    }

    private static async Task<int> GetStartedAttemptAsync(Temporalio.Client.WorkflowHandle run) =>
        (await run.DescribeRawAsync()).PendingWorkflowTask is { State: PendingWorkflowTaskState.Started } task
            ? task.Attempt
            : 0;
}
