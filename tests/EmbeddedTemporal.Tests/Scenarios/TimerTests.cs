using EmbeddedTemporal.Tests.Protocol;
using EmbeddedTemporal.Tests.Support;
using Microsoft.Extensions.Time.Testing;
using Temporalio.Activities;
using Temporalio.Api.Enums.V1;
using Temporalio.Exceptions;

namespace EmbeddedTemporal.Tests.Scenarios;

public sealed class TimerTests
{
    private readonly FakeTimeProvider clock = new(TimeProvider.System.GetUtcNow());

    private EmbeddedTemporalOptions FakeClockOptions => new() { TimeProvider = clock };

    [Fact]
    public async Task A_timer_fires_at_its_time_and_not_before()
    {
        await using var test = await TestServer.WithWorkerAsync(FakeClockOptions);
        var run = await test.StartAsync("SleepWorkflow", 24);
        await run.WaitForEventAsync(EventType.TimerStarted);

        clock.Advance(TimeSpan.FromHours(24) - TimeSpan.FromMilliseconds(1));
        Assert.DoesNotContain(EventType.TimerFired, await run.EventTypesAsync());
        clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(24, await run.GetResultAsync<double>(), 0.001);
    }

    [Fact]
    public async Task Time_skipping_ends_a_timer_of_one_year_at_once()
    {
        await using var test = await TestServer.WithWorkerAsync(FakeClockOptions);
        using var skipping = test.Server.SkipTime(clock.Advance);

        var run = await test.StartAsync("SleepWorkflow", 365 * 24);

        Assert.Equal(365 * 24, await run.GetResultAsync<double>(), 0.001);
    }

    [Fact]
    public async Task Time_skipping_waits_for_a_started_activity()
    {
        var release = new TaskCompletionSource();
        await using var test = await TestServer.WithWorkerAsync(
            FakeClockOptions,
            [Activity("Work")] async () =>
            {
                await release.Task;
                return "done";
            });
        using var skipping = test.Server.SkipTime(clock.Advance);
        var run = await test.StartAsync("ActivityWorkflow", new ActivityTimeouts(StartToClose: 60));
        await Polling.UntilAsync(
            async () => (await run.DescribeRawAsync()).PendingActivities,
            pending => pending is [{ State: PendingActivityState.Started }]);
        var before = clock.GetUtcNow();

        await run.DescribeRawAsync();
        Assert.Equal(before, clock.GetUtcNow());
        release.SetResult();

        Assert.Equal("done", await run.GetResultAsync<string>());
    }

    // The timeout of the lost task runs on the clock that waits for the task.
    [Fact]
    public async Task A_task_lost_during_dispatch_does_not_block_time_skipping()
    {
        await using var test = await TestServer.StartAsync(FakeClockOptions);
        using var skipping = test.Server.SkipTime(clock.Advance, TimeSpan.FromMilliseconds(200));
        var worker = new ManualWorker(test);
        await test.StartAsync("Any");
        await worker.PollAsync();

        var next = await worker.PollAsync();

        Assert.Equal(2, next.Attempt);
    }

    [Fact]
    public async Task Time_skipping_stops_when_the_scope_is_disposed()
    {
        await using var test = await TestServer.WithWorkerAsync(FakeClockOptions);
        test.Server.SkipTime(clock.Advance).Dispose();

        var run = await test.StartAsync("SleepWorkflow", 1);
        await run.WaitForEventAsync(EventType.WorkflowTaskCompleted);
        await run.DescribeAsync();

        Assert.DoesNotContain(EventType.TimerFired, await run.EventTypesAsync());
    }

    [Fact]
    public async Task A_timer_and_a_waiting_workflow_can_be_cancelled()
    {
        await using var test = await TestServer.WithWorkerAsync(FakeClockOptions);
        var run = await test.StartAsync("PatienceWorkflow");
        await run.WaitForEventAsync(EventType.TimerStarted, 2);

        clock.Advance(TimeSpan.FromSeconds(1));
        await run.WaitForEventAsync(EventType.TimerCanceled);
        await run.CancelAsync();

        Assert.Equal("was cancelled", await run.GetResultAsync<string>());
    }

    [Fact]
    public async Task A_run_that_exceeds_its_run_timeout_times_out()
    {
        await using var test = await TestServer.WithWorkerAsync(FakeClockOptions);
        using var skipping = test.Server.SkipTime(clock.Advance);

        var run = await test.StartAsync(
            new(Ids.New(), test.TaskQueue) { RunTimeout = TimeSpan.FromHours(1) }, "SleepWorkflow", 2);

        var failure = await Assert.ThrowsAsync<WorkflowFailedException>(() => run.GetResultAsync());
        Assert.IsType<TimeoutFailureException>(failure.InnerException);
    }

    [Fact]
    public async Task A_delayed_start_begins_after_its_delay()
    {
        await using var test = await TestServer.WithWorkerAsync(FakeClockOptions);
        var run = await test.StartAsync(
            new(Ids.New(), test.TaskQueue) { StartDelay = TimeSpan.FromHours(5) }, "SleepWorkflow", 0.001);
        Assert.DoesNotContain(EventType.WorkflowTaskScheduled, await run.EventTypesAsync());

        using var skipping = test.Server.SkipTime(clock.Advance);

        await run.GetResultAsync();
        Assert.True(clock.GetUtcNow() - (await run.DescribeAsync()).StartTime > TimeSpan.FromHours(5));
    }

    [Fact]
    public async Task A_signal_ends_the_delay_of_a_start()
    {
        await using var test = await TestServer.WithWorkerAsync(FakeClockOptions);
        var run = await test.StartAsync(
            new(Ids.New(), test.TaskQueue) { StartDelay = TimeSpan.FromHours(5) }, "CollectWorkflow", 1);

        await run.SignalAsync("Say", ["now"]);

        Assert.Equal(["now"], await run.GetResultAsync<string[]>());
    }
}
