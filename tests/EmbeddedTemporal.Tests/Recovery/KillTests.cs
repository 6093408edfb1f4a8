using System.Collections.Concurrent;
using EmbeddedTemporal.Tests.Scenarios;
using EmbeddedTemporal.Tests.Support;
using Temporalio.Activities;
using Temporalio.Api.Enums.V1;

namespace EmbeddedTemporal.Tests.Recovery;

public sealed class KillTests
{
    [Fact]
    public async Task Sagas_continue_after_the_server_is_killed_and_no_step_runs_twice()
    {
        await using var server = await ServerProcess.StartAsync();
        await using var test = await TestServer.ConnectAsync(server.Address);
        var steps = new ConcurrentQueue<string>();
        using var halfway = new CountdownEvent(20);
        var allHalfway = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        await test.StartWorkerAsync(null, [Activity("Do")] async (string step) =>
        {
            steps.Enqueue(step);
            if (!step.EndsWith("/5", StringComparison.Ordinal)) return;
            if (halfway.Signal()) allHalfway.SetResult();
            await release.Task;
        });
        var sagas = await Task.WhenAll(Enumerable.Range(0, 20).Select(saga => test.StartAsync(
            "SagaWorkflow", [Enumerable.Range(0, 10).Select(step => $"{saga}/{step}").ToArray()])));

        await allHalfway.Task;
        await server.KillAsync();
        await server.RestartAsync();
        // Only after the restart: the SDK drops a result after ten seconds without a server, and the step would repeat.
        release.SetResult();

        foreach (var saga in sagas) Assert.Equal("done", await saga.GetResultAsync<string>());
        Assert.Equal(200, steps.Count);
        Assert.Equal(200, steps.Distinct().Count());
    }

    [Fact]
    public async Task A_signal_acknowledged_during_a_workflow_task_survives_a_kill()
    {
        await using var server = await ServerProcess.StartAsync();
        await using var test = await TestServer.ConnectAsync(server.Address);
        var (started, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        await test.StartWorkerAsync(null, [Activity("Work")] async () =>
        {
            started.TrySetResult();
            await release.Task;
        });
        var run = await test.StartAsync("HastyWorkflow");
        await started.Task;

        await run.SignalAsync("Say", ["remember me"]);
        await server.KillAsync();
        await server.RestartAsync();
        release.SetResult();

        Assert.Equal(1, await run.GetResultAsync<int>());
    }

    [Fact]
    public async Task A_started_activity_and_its_heartbeat_survive_a_kill()
    {
        await using var server = await ServerProcess.StartAsync();
        await using var test = await TestServer.ConnectAsync(server.Address);
        var (attempts, release) = (0, new TaskCompletionSource());
        await test.StartWorkerAsync(null, [Activity("Work")] async () =>
        {
            attempts++;
            ActivityExecutionContext.Current.Heartbeat("halfway");
            await release.Task;
            return "done";
        });
        var run = await test.StartAsync("ActivityWorkflow", new ActivityTimeouts(StartToClose: 600, Heartbeat: 300));
        await Polling.UntilAsync(
            async () => (await run.DescribeRawAsync()).PendingActivities,
            pending => pending is [{ HeartbeatDetails: not null }]);

        await server.KillAsync();
        await server.RestartAsync();
        var activity = Assert.Single((await run.DescribeRawAsync()).PendingActivities);
        release.SetResult();

        Assert.Equal(PendingActivityState.Started, activity.State);
        Assert.Equal("\"halfway\"", activity.HeartbeatDetails.Payloads_[0].Data.ToStringUtf8());
        Assert.Equal("done", await run.GetResultAsync<string>());
        Assert.Equal(1, attempts);
    }

    [Fact]
    public async Task Every_child_started_in_the_last_task_of_its_parent_survives_a_kill()
    {
        await using var server = await ServerProcess.StartAsync();
        await using var test = await TestServer.ConnectAsync(server.Address);
        await test.StartWorkerAsync();
        string[] children = [.. Enumerable.Range(0, 30).Select(_ => Ids.New())];
        var parents = await Task.WhenAll(children.Select(child => test.StartAsync(
            new(Ids.New(), test.TaskQueue) { TaskTimeout = TimeSpan.FromSeconds(2) }, "LastWordsWorkflow", child)));

        await parents[0].GetResultAsync();
        await server.KillAsync();
        await server.RestartAsync();

        foreach (var parent in parents) await parent.GetResultAsync();
        foreach (var child in children)
        {
            var handle = test.Client.GetWorkflowHandle(child);
            await handle.SignalAsync("Say", ["alive"]);
            Assert.Equal(["alive"], await handle.GetResultAsync<string[]>());
        }
    }

    [Fact]
    public async Task Another_worker_takes_over_from_a_killed_worker_without_a_sticky_timeout()
    {
        await using var test = await TestServer.StartAsync();
        await using var killed = await WorkerProcess.StartAsync(test.Server.Address, test.TaskQueue);
        var run = await test.StartAsync("CollectWorkflow", 2);
        Assert.Equal(1, await run.ExecuteUpdateAsync<int>("Add", ["a"]));

        await killed.KillAsync();
        await test.StartWorkerAsync();
        Assert.Equal(2, await run.ExecuteUpdateAsync<int>("Add", ["b"]));

        Assert.Equal(["a", "b"], await run.GetResultAsync<string[]>());
        Assert.DoesNotContain(
            (await run.FetchHistoryAsync()).Events,
            e => e.WorkflowTaskTimedOutEventAttributes?.TimeoutType == TimeoutType.ScheduleToStart);
    }

    [Fact]
    public async Task An_activity_of_a_killed_worker_is_retried_with_its_last_heartbeat()
    {
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var test = await TestServer.StartAsync(new() { TimeProvider = clock });
        await using var killed = await WorkerProcess.StartAsync(test.Server.Address, test.TaskQueue);
        var run = await test.StartAsync("ActivityWorkflow", new ActivityTimeouts(StartToClose: 600, Heartbeat: 60));
        await Polling.UntilAsync(
            async () => (await run.DescribeRawAsync()).PendingActivities,
            pending => pending is [{ HeartbeatDetails: not null }]);

        await killed.KillAsync();
        await test.StartWorkerAsync(
            null,
            [Activity("Work")] () => ActivityExecutionContext.Current.Info.HeartbeatDetailAtAsync<string>(0));
        clock.Advance(TimeSpan.FromSeconds(60));
        clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("from the first worker", await run.GetResultAsync<string>());
    }
}
