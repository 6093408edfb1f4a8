using EmbeddedTemporal.Tests.Recovery;
using EmbeddedTemporal.Tests.Support;
using Microsoft.Extensions.Time.Testing;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Schedule.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Client.Schedules;
using Temporalio.Exceptions;
using Schedule = Temporalio.Client.Schedules.Schedule;
using ScheduleSpec = Temporalio.Client.Schedules.ScheduleSpec;
using ScheduleState = Temporalio.Client.Schedules.ScheduleState;

namespace EmbeddedTemporal.Tests.Scenarios;

public sealed class ScheduleTests : IDisposable
{
    private static readonly TimeSpan TenMinutes = TimeSpan.FromMinutes(10);

    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 5, 1, 12, 3, 0, TimeSpan.Zero));
    private readonly DatabaseFile file = new();

    private EmbeddedTemporalOptions FakeClockOptions => new() { TimeProvider = clock };

    private EmbeddedTemporalOptions DatabaseOptions => FakeClockOptions with { DatabaseFile = file.Path };

    public void Dispose() => file.Dispose();

    [Fact]
    public async Task A_schedule_starts_a_run_at_each_time_and_adds_the_time_to_its_id()
    {
        await using var test = await TestServer.StartAsync(FakeClockOptions);
        await test.Client.CreateScheduleAsync("sweep", Every(TenMinutes, ScheduleOverlapPolicy.AllowAll));

        clock.Advance(TimeSpan.FromMinutes(7) - TimeSpan.FromMilliseconds(1));
        Assert.Empty(await RunsAsync(test));
        clock.Advance(TimeSpan.FromMilliseconds(1));
        clock.Advance(TenMinutes);

        Assert.Equal(["sweep-2026-05-01T12:20:00Z", "sweep-2026-05-01T12:10:00Z"], await RunsAsync(test));
    }

    [Fact]
    public async Task The_run_receives_the_input_of_the_schedule()
    {
        await using var test = await TestServer.WithWorkerAsync(FakeClockOptions);
        var action = ScheduleActionStartWorkflow.Create(
            "CollectWorkflow", [0], new(id: "collect", taskQueue: test.TaskQueue));
        await test.Client.CreateScheduleAsync(
            "collect", new(action, new() { Intervals = [new(TenMinutes)] }), new() { TriggerImmediately = true });

        var run = test.Client.GetWorkflowHandle("collect-2026-05-01T12:03:00Z");

        Assert.Empty(await run.GetResultAsync<string[]>());
    }

    [Fact]
    public async Task An_action_is_skipped_and_counted_while_the_previous_run_is_open()
    {
        await using var test = await TestServer.StartAsync(FakeClockOptions);
        var schedule = await test.Client.CreateScheduleAsync("sweep", Every(TenMinutes));

        clock.Advance(TenMinutes);
        clock.Advance(TenMinutes);
        var whileOpen = (await schedule.DescribeAsync()).Info;
        await test.Client.GetWorkflowHandle("sweep-2026-05-01T12:10:00Z").TerminateAsync();
        clock.Advance(TenMinutes);
        var afterwards = (await schedule.DescribeAsync()).Info;

        Assert.Equal((1, 1), (whileOpen.NumActions, whileOpen.NumActionsSkippedOverlap));
        Assert.Equal(
            "sweep-2026-05-01T12:10:00Z",
            Assert.IsType<ScheduleActionExecutionStartWorkflow>(Assert.Single(whileOpen.RunningActions)).WorkflowId);
        Assert.Equal((2, 1), (afterwards.NumActions, afterwards.NumActionsSkippedOverlap));
        Assert.Equal(
            "sweep-2026-05-01T12:30:00Z",
            Assert.IsType<ScheduleActionExecutionStartWorkflow>(Assert.Single(afterwards.RunningActions)).WorkflowId);
    }

    [Fact]
    public async Task A_description_contains_the_recent_and_the_next_times()
    {
        await using var test = await TestServer.StartAsync(FakeClockOptions);
        var memo = new Dictionary<string, object> { ["owner"] = "us" };
        var schedule = await test.Client.CreateScheduleAsync(
            "sweep", Every(TenMinutes, ScheduleOverlapPolicy.AllowAll), new() { Memo = memo });
        for (var i = 0; i < 12; i++) clock.Advance(TenMinutes);

        var described = await schedule.DescribeAsync();

        Assert.Equal("us", await described.Memo["owner"].ToValueAsync<string>());
        Assert.Equal(12, described.Info.NumActions);
        Assert.Equal(10, described.Info.RecentActions.Count);
        Assert.Equal(Time("12:30"), described.Info.RecentActions.First().ScheduledAt);
        Assert.Equal(Time("14:00"), described.Info.RecentActions.Last().ScheduledAt);
        Assert.Equal(10, described.Info.NextActionTimes.Count);
        Assert.Equal(Time("14:10"), described.Info.NextActionTimes.First());
        Assert.Equal(TimeSpan.FromDays(365), described.Schedule.Policy.CatchupWindow);
        Assert.Null(described.Info.LastUpdatedAt);
    }

    [Fact]
    public async Task A_description_contains_the_current_status_of_recent_runs()
    {
        await using var test = await TestServer.StartAsync(FakeClockOptions);
        var schedule = await test.Client.CreateScheduleAsync("sweep", Every(TenMinutes));
        await schedule.TriggerAsync();
        await test.Client.GetWorkflowHandle("sweep-2026-05-01T12:03:00Z").TerminateAsync();

        var described = await DescribeAsync(test, "sweep");

        Assert.Equal(
            WorkflowExecutionStatus.Terminated, Assert.Single(described.Info.RecentActions).StartWorkflowStatus);
    }

    [Fact]
    public async Task A_trigger_starts_a_run_at_once_even_on_a_paused_schedule()
    {
        await using var test = await TestServer.StartAsync(FakeClockOptions);
        var schedule = await test.Client.CreateScheduleAsync("sweep", Every(TenMinutes));
        await schedule.PauseAsync();

        await schedule.TriggerAsync();

        Assert.Equal(["sweep-2026-05-01T12:03:00Z"], await RunsAsync(test));
    }

    [Fact]
    public async Task A_paused_schedule_skips_its_times_and_does_not_catch_up()
    {
        await using var test = await TestServer.StartAsync(FakeClockOptions);
        var schedule = await test.Client.CreateScheduleAsync("sweep", Every(TenMinutes));
        await schedule.PauseAsync("enough");
        clock.Advance(TimeSpan.FromHours(1));
        var paused = await schedule.DescribeAsync();
        await schedule.UnpauseAsync("go on");
        clock.Advance(TenMinutes);
        var unpaused = await schedule.DescribeAsync();

        Assert.Equal((true, "enough"), (paused.Schedule.State.Paused, paused.Schedule.State.Note));
        Assert.Equal((false, "go on"), (unpaused.Schedule.State.Paused, unpaused.Schedule.State.Note));
        Assert.Equal((0, 1), (paused.Info.NumActions, unpaused.Info.NumActions));
        Assert.Equal(["sweep-2026-05-01T13:10:00Z"], await RunsAsync(test));
    }

    [Fact]
    public async Task An_update_changes_future_times_only()
    {
        await using var test = await TestServer.StartAsync(FakeClockOptions);
        var schedule = await test.Client.CreateScheduleAsync("sweep", Every(TenMinutes));
        clock.Advance(TimeSpan.FromMinutes(3));

        await schedule.UpdateAsync(
            ScheduleUpdate? (_) => new ScheduleUpdate(Every(TimeSpan.FromMinutes(1))));
        var described = await schedule.DescribeAsync();

        Assert.Empty(await RunsAsync(test));
        Assert.Equal(Time("12:07"), described.Info.NextActionTimes.First());
        Assert.Equal(Time("12:06"), described.Info.LastUpdatedAt);
    }

    [Fact]
    public async Task A_limited_schedule_ends_after_its_last_action()
    {
        await using var test = await TestServer.StartAsync(FakeClockOptions);
        var limited = Every(TenMinutes, ScheduleOverlapPolicy.AllowAll) with
        {
            State = new ScheduleState { LimitedActions = true, RemainingActions = 2 },
        };
        var schedule = await test.Client.CreateScheduleAsync("sweep", limited);

        for (var i = 0; i < 4; i++) clock.Advance(TenMinutes);
        var described = await schedule.DescribeAsync();

        Assert.Equal((2, 0), (described.Info.NumActions, described.Schedule.State.RemainingActions));
        Assert.Empty(described.Info.NextActionTimes);
    }

    [Fact]
    public async Task A_phase_a_start_and_an_end_shift_and_limit_the_times()
    {
        await using var test = await TestServer.StartAsync(FakeClockOptions);
        var spec = new ScheduleSpec
        {
            Intervals = [new(TenMinutes, TimeSpan.FromMinutes(4))],
            StartAt = Time("12:24"),
            EndAt = Time("12:44"),
        };
        var schedule = await test.Client.CreateScheduleAsync("sweep", new(Action(), spec));

        Assert.Equal(
            [Time("12:24"), Time("12:34"), Time("12:44")], (await schedule.DescribeAsync()).Info.NextActionTimes);
    }

    [Fact]
    public async Task Time_skipping_advances_to_the_next_action()
    {
        await using var test = await TestServer.StartAsync(FakeClockOptions);
        await test.Client.CreateScheduleAsync("sweep", Every(TenMinutes));

        using var skipping = test.Server.SkipTime(clock.Advance);

        await Polling.UntilAsync(() => RunsAsync(test), runs => runs is ["sweep-2026-05-01T12:10:00Z"]);
        Assert.Equal(Time("12:10"), clock.GetUtcNow().UtcDateTime);
    }

    [Fact]
    public async Task A_deleted_schedule_starts_no_runs_and_its_id_can_be_reused()
    {
        await using var test = await TestServer.StartAsync(FakeClockOptions);
        var schedule = await test.Client.CreateScheduleAsync("sweep", Every(TenMinutes));
        await schedule.DeleteAsync();
        clock.Advance(TimeSpan.FromHours(1));

        Assert.Empty(await RunsAsync(test));
        await AssertRejectedAsync(RpcException.StatusCode.NotFound, () => schedule.DescribeAsync());
        await AssertRejectedAsync(RpcException.StatusCode.NotFound, () => schedule.DeleteAsync());
        await test.Client.CreateScheduleAsync("sweep", Every(TenMinutes));
    }

    [Fact]
    public async Task An_existing_id_is_rejected_but_a_repeated_request_succeeds()
    {
        await using var test = await TestServer.StartAsync(FakeClockOptions);
        var request = CreateRequest();
        await CreateAsync(test, request);
        await CreateAsync(test, request);

        await Assert.ThrowsAsync<ScheduleAlreadyRunningException>(
            () => test.Client.CreateScheduleAsync(request.ScheduleId, Every(TenMinutes)));
    }

    [Fact]
    public async Task Schedules_are_listed_in_pages()
    {
        await using var test = await TestServer.StartAsync(FakeClockOptions);
        foreach (var id in (string[])["one", "two", "three"])
        {
            await test.Client.CreateScheduleAsync(id, Every(TenMinutes));
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        var listed = new List<string>();
        await foreach (var entry in test.Client.ListSchedulesAsync()) listed.Add(entry.Id);
        var page = await test.Client.WorkflowService.ListSchedulesAsync(
            new() { Namespace = "default", MaximumPageSize = 2 });
        var rest = await test.Client.WorkflowService.ListSchedulesAsync(
            new() { Namespace = "default", MaximumPageSize = 2, NextPageToken = page.NextPageToken });

        Assert.Equal(["three", "two", "one"], listed);
        Assert.Equal(["three", "two"], page.Schedules.Select(entry => entry.ScheduleId));
        Assert.Equal(["one"], rest.Schedules.Select(entry => entry.ScheduleId));
        Assert.Equal(5, rest.Schedules[0].Info.FutureActionTimes.Count);
        Assert.Empty(rest.NextPageToken);
    }

    [Fact]
    public async Task A_schedule_survives_a_restart_and_catches_up_missed_times_once()
    {
        await using (var before = await TestServer.StartAsync(DatabaseOptions))
        {
            await before.Client.CreateScheduleAsync("sweep", Every(TenMinutes));
            await before.Client.CreateScheduleAsync("gone", Every(TenMinutes));
            await before.Client.GetScheduleHandle("gone").DeleteAsync();
        }

        clock.Advance(TimeSpan.FromMinutes(35));
        await using var after = await TestServer.StartAsync(DatabaseOptions);
        var info = (await after.Client.GetScheduleHandle("sweep").DescribeAsync()).Info;

        Assert.Equal(["sweep-2026-05-01T12:10:00Z"], await RunsAsync(after));
        Assert.Equal((1, 2), (info.NumActions, info.NumActionsSkippedOverlap));
        Assert.Equal(Time("12:40"), info.NextActionTimes.First());
    }

    [Fact]
    public async Task Times_missed_beyond_the_catchup_window_are_only_counted()
    {
        var schedule = Every(TenMinutes) with
        {
            Policy = new() { CatchupWindow = TimeSpan.FromMinutes(1) },
        };
        await using (var before = await TestServer.StartAsync(DatabaseOptions))
            await before.Client.CreateScheduleAsync("sweep", schedule);

        clock.Advance(TimeSpan.FromMinutes(35));
        await using var after = await TestServer.StartAsync(DatabaseOptions);
        var info = (await after.Client.GetScheduleHandle("sweep").DescribeAsync()).Info;

        Assert.Equal((0, 3), (info.NumActions, info.NumActionsMissedCatchupWindow));
    }

    [Fact]
    public async Task An_update_with_an_outdated_conflict_token_is_rejected()
    {
        await using var test = await TestServer.StartAsync(FakeClockOptions);
        var schedule = await test.Client.CreateScheduleAsync("sweep", Every(TenMinutes));
        var before = await DescribeAsync(test, "sweep");
        await schedule.PauseAsync();

        await AssertRejectedAsync(RpcException.StatusCode.FailedPrecondition, () =>
            test.Client.WorkflowService.UpdateScheduleAsync(new()
            {
                Namespace = "default",
                ScheduleId = "sweep",
                ConflictToken = before.ConflictToken,
                Schedule = before.Schedule,
            }));
    }

    [Theory]
    [InlineData("interval is too small", 0.5, 0)]
    [InlineData("phase cannot be greater than Interval", 60, 60)]
    [InlineData("phase is negative", 60, -1)]
    public async Task An_invalid_interval_is_rejected(string expected, double interval, double phase)
    {
        await using var test = await TestServer.StartAsync(FakeClockOptions);
        var spec = new ScheduleSpec
        {
            Intervals = [new(TimeSpan.FromSeconds(interval), TimeSpan.FromSeconds(phase))],
        };

        var error = await AssertRejectedAsync(
            RpcException.StatusCode.InvalidArgument,
            () => test.Client.CreateScheduleAsync("sweep", new(Action(), spec)));

        Assert.Equal($"Invalid schedule spec: {expected}", error.Message);
    }

    public static TheoryData<string, Action<CreateScheduleRequest>, RpcException.StatusCode> InvalidRequests => new()
    {
        { "no id", r => r.ScheduleId = "", RpcException.StatusCode.InvalidArgument },
        { "no request id", r => r.RequestId = "", RpcException.StatusCode.InvalidArgument },
        { "no action", r => r.Schedule.Action = null, RpcException.StatusCode.InvalidArgument },
        {
            "no type",
            r => r.Schedule.Action.StartWorkflow.WorkflowType = null,
            RpcException.StatusCode.InvalidArgument
        },
        { "no queue", r => r.Schedule.Action.StartWorkflow.TaskQueue = null, RpcException.StatusCode.InvalidArgument },
        {
            "cron",
            r => r.Schedule.Action.StartWorkflow.CronSchedule = "@daily",
            RpcException.StatusCode.InvalidArgument
        },
        {
            "reuse policy",
            r => r.Schedule.Action.StartWorkflow.WorkflowIdReusePolicy = WorkflowIdReusePolicy.RejectDuplicate,
            RpcException.StatusCode.InvalidArgument
        },
        {
            "end time out of range",
            r => r.Schedule.Spec.EndTime = new() { Seconds = long.MaxValue },
            RpcException.StatusCode.InvalidArgument
        },
        { "no such namespace", r => r.Namespace = "nope", RpcException.StatusCode.NotFound },
        { "cron string", r => r.Schedule.Spec.CronString.Add("0 12 * * *"), RpcException.StatusCode.Unimplemented },
        {
            "calendar",
            r => r.Schedule.Spec.StructuredCalendar.Add(new StructuredCalendarSpec()),
            RpcException.StatusCode.Unimplemented
        },
        { "jitter", r => r.Schedule.Spec.Jitter = new() { Seconds = 5 }, RpcException.StatusCode.Unimplemented },
        { "time zone", r => r.Schedule.Spec.TimezoneName = "Europe/Paris", RpcException.StatusCode.Unimplemented },
        {
            "overlap",
            r => r.Schedule.Policies = new() { OverlapPolicy = ScheduleOverlapPolicy.BufferAll },
            RpcException.StatusCode.Unimplemented
        },
        {
            "pause on failure",
            r => r.Schedule.Policies = new() { PauseOnFailure = true },
            RpcException.StatusCode.Unimplemented
        },
        {
            "backfill",
            r => r.InitialPatch = new() { BackfillRequest = { new BackfillRequest() } },
            RpcException.StatusCode.Unimplemented
        },
    };

    [Theory]
    [MemberData(nameof(InvalidRequests), DisableDiscoveryEnumeration = true)]
    public async Task A_malformed_or_unsupported_schedule_is_rejected_and_not_created(
        string reason, Action<CreateScheduleRequest> change, RpcException.StatusCode code)
    {
        await using var test = await TestServer.StartAsync(FakeClockOptions);
        var request = CreateRequest();
        change(request);

        await AssertRejectedAsync(code, () => CreateAsync(test, request));

        var listed = await test.Client.WorkflowService.ListSchedulesAsync(new() { Namespace = "default" });
        Assert.True(listed.Schedules.Count == 0, reason);
    }

    private static Schedule Every(TimeSpan interval, ScheduleOverlapPolicy overlap = ScheduleOverlapPolicy.Skip) =>
        new(Action(), new() { Intervals = [new(interval)] }) { Policy = new() { Overlap = overlap } };

    // This queue has no worker.
    private static ScheduleActionStartWorkflow Action() =>
        ScheduleActionStartWorkflow.Create("Sweep", [], new(id: "sweep", taskQueue: "sweeps"));

    private static CreateScheduleRequest CreateRequest() => new()
    {
        Namespace = "default",
        ScheduleId = "raw",
        RequestId = "request",
        Schedule = new()
        {
            Spec = new() { Interval = { new IntervalSpec { Interval = new() { Seconds = 60 } } } },
            Action = new()
            {
                StartWorkflow = new()
                {
                    WorkflowId = "raw",
                    WorkflowType = new() { Name = "Sweep" },
                    TaskQueue = new() { Name = "sweeps" },
                },
            },
        },
    };

    private static Task<CreateScheduleResponse> CreateAsync(TestServer test, CreateScheduleRequest request) =>
        test.Client.WorkflowService.CreateScheduleAsync(request);

    private static Task<DescribeScheduleResponse> DescribeAsync(TestServer test, string id) =>
        test.Client.WorkflowService.DescribeScheduleAsync(new() { Namespace = "default", ScheduleId = id });

    private static async Task<IReadOnlyList<string>> RunsAsync(TestServer test) =>
        [.. (await test.Client.WorkflowService.ListWorkflowExecutionsAsync(new() { Namespace = "default" }))
            .Executions.Select(run => run.Execution.WorkflowId)];

    private static async Task<RpcException> AssertRejectedAsync(RpcException.StatusCode code, Func<Task> call)
    {
        var error = await Assert.ThrowsAsync<RpcException>(call);
        Assert.Equal(code, error.Code);
        return error;
    }

    private static DateTime Time(string time) =>
        DateTime.Parse($"2026-05-01T{time}:00Z", null, System.Globalization.DateTimeStyles.AdjustToUniversal);
}
