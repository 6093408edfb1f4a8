using EmbeddedTemporal.Tests.Support;
using Microsoft.Extensions.Time.Testing;
using Temporalio.Activities;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Workflow.V1;
using Temporalio.Client;
using Temporalio.Exceptions;

namespace EmbeddedTemporal.Tests.Scenarios;

public sealed class ActivityTests
{
    private readonly FakeTimeProvider clock = new(TimeProvider.System.GetUtcNow());

    private EmbeddedTemporalOptions FakeClockOptions => new() { TimeProvider = clock };

    [Fact]
    public async Task A_failed_activity_without_a_policy_is_retried_with_growing_delays()
    {
        var attempts = new List<DateTimeOffset>();
        await using var test = await TestServer.WithWorkerAsync(
            FakeClockOptions,
            [Activity("Work")] () =>
            {
                attempts.Add(clock.GetUtcNow());
                if (attempts.Count < 4) throw new ApplicationFailureException("not yet");
                return "done";
            });

        using var skipping = test.Server.SkipTime(clock.Advance);
        var run = await test.StartAsync("ActivityWorkflow", new ActivityTimeouts(StartToClose: 60));

        Assert.Equal("done", await run.GetResultAsync<string>());
        Assert.Equal([1, 2, 4], attempts.Zip(attempts.Skip(1), (one, next) => (next - one).TotalSeconds));
    }

    [Fact]
    public async Task The_last_allowed_attempt_ends_the_activity()
    {
        var attempts = 0;
        await using var test = await TestServer.WithWorkerAsync(
            FakeClockOptions,
            [Activity("Work")] string () => throw new ApplicationFailureException($"attempt {++attempts}"));

        using var skipping = test.Server.SkipTime(clock.Advance);
        var run = await test.StartAsync(
            "ActivityWorkflow", new ActivityTimeouts(StartToClose: 60, MaximumAttempts: 3));

        Assert.Equal("failed: attempt 3 (MaximumAttemptsReached)", await run.GetResultAsync<string>());
    }

    [Fact]
    public async Task A_non_retryable_failure_is_not_retried()
    {
        await using var test = await TestServer.WithWorkerAsync(
            null,
            [Activity("Work")] string () => throw new ApplicationFailureException("never", nonRetryable: true));

        var run = await test.StartAsync("ActivityWorkflow", new ActivityTimeouts(StartToClose: 60));

        Assert.Equal("failed: never (NonRetryableFailure)", await run.GetResultAsync<string>());
    }

    [Fact]
    public async Task A_failure_can_set_the_delay_before_the_next_attempt()
    {
        var attempts = new List<DateTimeOffset>();
        await using var test = await TestServer.WithWorkerAsync(
            FakeClockOptions,
            [Activity("Work")] () =>
            {
                attempts.Add(clock.GetUtcNow());
                return attempts.Count > 1
                    ? "done"
                    : throw new ApplicationFailureException("later", nextRetryDelay: TimeSpan.FromMinutes(7));
            });

        using var skipping = test.Server.SkipTime(clock.Advance);
        var run = await test.StartAsync("ActivityWorkflow", new ActivityTimeouts(StartToClose: 60));
        await run.GetResultAsync();

        Assert.Equal(TimeSpan.FromMinutes(7), attempts[1] - attempts[0]);
    }

    [Fact]
    public async Task An_attempt_that_times_out_is_retried_with_its_last_heartbeat()
    {
        var seen = new TaskCompletionSource();
        await using var test = await TestServer.WithWorkerAsync(
            FakeClockOptions,
            [Activity("Work")] async () =>
            {
                var context = ActivityExecutionContext.Current;
                if (context.Info.Attempt > 1)
                    return $"went on from {await context.Info.HeartbeatDetailAtAsync<int>(0)}";
                context.Heartbeat(42);
                seen.SetResult();
                await context.CancellationToken.WhenCancelled();
                return "too late";
            });
        var run = await test.StartAsync(
            "ActivityWorkflow", new ActivityTimeouts(StartToClose: 3600, Heartbeat: 1800));

        await seen.Task;
        await WaitForHeartbeatAsync(run);
        clock.Advance(TimeSpan.FromMinutes(61));
        clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("went on from 42", await run.GetResultAsync<string>());
    }

    [Fact]
    public async Task An_attempt_without_a_heartbeat_times_out()
    {
        var started = new TaskCompletionSource();
        await using var test = await TestServer.WithWorkerAsync(
            FakeClockOptions,
            [Activity("Work")] async () =>
            {
                started.SetResult();
                await ActivityExecutionContext.Current.CancellationToken.WhenCancelled();
                return "too late";
            });
        var run = await test.StartAsync(
            "ActivityWorkflow", new ActivityTimeouts(StartToClose: 3600, Heartbeat: 1800, MaximumAttempts: 1));

        await started.Task;
        clock.Advance(TimeSpan.FromSeconds(1800));

        Assert.Equal("timeout Heartbeat", await run.GetResultAsync<string>());
    }

    [Fact]
    public async Task An_activity_that_is_not_started_in_time_is_not_retried()
    {
        await using var test = await TestServer.WithWorkerAsync(FakeClockOptions);
        await test.StartWorkerAsync(options => options.TaskQueue = "workflows-only");
        var run = await test.StartAsync(
            new(Ids.New(), "workflows-only"),
            "ActivityWorkflow",
            new ActivityTimeouts(StartToClose: 60, ScheduleToStart: 30));

        await run.WaitForEventAsync(EventType.ActivityTaskScheduled);
        clock.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal("timeout ScheduleToStart", await run.GetResultAsync<string>());
    }

    [Fact]
    public async Task Schedule_to_close_limits_all_attempts_together()
    {
        await using var test = await TestServer.WithWorkerAsync(
            FakeClockOptions,
            [Activity("Work")] string () => throw new ApplicationFailureException("again"));

        using var skipping = test.Server.SkipTime(clock.Advance);
        var run = await test.StartAsync("ActivityWorkflow", new ActivityTimeouts(ScheduleToClose: 10));

        Assert.Equal("failed: again (Timeout)", await run.GetResultAsync<string>());
    }

    [Fact]
    public async Task Twenty_activities_run_at_the_same_time()
    {
        await using var test = await TestServer.WithWorkerAsync(null, [Activity("Square")] (int n) => n * n);

        var run = await test.StartAsync("ParallelWorkflow", 20);

        Assert.Equal(2870, await run.GetResultAsync<int>());
    }

    [Fact]
    public async Task A_heartbeat_reports_the_cancellation_and_the_workflow_waits_for_the_activity()
    {
        var started = new TaskCompletionSource();
        using var heartbeatTimer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        await using var test = await TestServer.WithWorkerAsync(
            null,
            [Activity("Work")] async () =>
            {
                var context = ActivityExecutionContext.Current;
                started.TrySetResult();
                var cancelled = context.CancellationToken.WhenCancelled();
                do
                {
                    context.Heartbeat("still here");
                }
                while (await Task.WhenAny(cancelled, heartbeatTimer.WaitForNextTickAsync().AsTask()) != cancelled);
                return "cleaned up";
            });
        var run = await test.StartAsync(
            "CancelActivityWorkflow", new ActivityTimeouts(StartToClose: 600, Heartbeat: 1, WaitCancel: true));

        await started.Task;
        await run.SignalAsync("Enough", []);

        Assert.Equal("cleaned up", await run.GetResultAsync<string>());
    }

    [Fact]
    public async Task An_unstarted_activity_is_cancelled_at_once()
    {
        await using var test = await TestServer.StartAsync();
        await test.StartWorkerAsync(options => options.TaskQueue = "workflows-only");
        var run = await test.StartAsync(
            new(Ids.New(), "workflows-only"),
            "CancelActivityWorkflow",
            new ActivityTimeouts(StartToClose: 600, WaitCancel: true));

        await run.WaitForEventAsync(EventType.ActivityTaskScheduled);
        await run.SignalAsync("Enough", []);

        Assert.Equal("canceled", await run.GetResultAsync<string>());
    }

    [Fact]
    public async Task An_activity_can_be_completed_from_outside_its_worker()
    {
        var token = new TaskCompletionSource<byte[]>();
        await using var test = await TestServer.WithWorkerAsync(
            null,
            [Activity("Work")] string () =>
            {
                token.SetResult([.. ActivityExecutionContext.Current.Info.TaskToken]);
                throw new CompleteAsyncException();
            });
        var run = await test.StartAsync("ActivityWorkflow", new ActivityTimeouts(StartToClose: 60));

        await test.Client.GetAsyncActivityHandle(await token.Task).CompleteAsync("from elsewhere");

        Assert.Equal("from elsewhere", await run.GetResultAsync<string>());
    }

    private static Task<PendingActivityInfo> WaitForHeartbeatAsync(WorkflowHandle run) => Polling.UntilAsync(
        async () => (await run.DescribeRawAsync()).PendingActivities.Single(),
        activity => activity.HeartbeatDetails is not null);
}
