using EmbeddedTemporal.Tests.Protocol;
using EmbeddedTemporal.Tests.Support;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Time.Testing;
using Temporalio.Api.Command.V1;

namespace EmbeddedTemporal.Tests.Recovery;

/// <summary>Durations beyond the calendar's range count as a hundred years, as in Temporal.</summary>
public sealed class LongDurationTests : IDisposable
{
    private static readonly Duration TooLong = new() { Seconds = long.MaxValue };
    private static readonly Duration Century = Duration.FromTimeSpan(TimeSpan.FromDays(36_500));

    private readonly FakeTimeProvider clock = new(TimeProvider.System.GetUtcNow());
    private readonly DatabaseFile file = new();

    private EmbeddedTemporalOptions DatabaseOptions => new() { DatabaseFile = file.Path, TimeProvider = clock };

    public void Dispose() => file.Dispose();

    [Fact]
    public async Task A_run_without_limits_can_be_restored_from_the_file()
    {
        string id;
        await using (var before = await TestServer.StartAsync(DatabaseOptions))
        {
            var run = await before.StartAsync(
                new(Ids.New(), before.TaskQueue)
                {
                    ExecutionTimeout = TimeSpan.MaxValue,
                    RunTimeout = TimeSpan.MaxValue,
                    TaskTimeout = TimeSpan.MaxValue,
                    StartDelay = TimeSpan.MaxValue,
                    RetryPolicy = new() { InitialInterval = TimeSpan.MaxValue, MaximumInterval = TimeSpan.MaxValue },
                },
                "Any");
            id = run.Id;
        }

        await using var after = await TestServer.StartAsync(DatabaseOptions);

        var config = (await after.Client.GetWorkflowHandle(id).DescribeRawAsync()).ExecutionConfig;
        Assert.Equal(Century, config.WorkflowRunTimeout);
        Assert.Equal(Century, config.WorkflowExecutionTimeout);
    }

    [Fact]
    public async Task An_activity_and_a_timer_without_limits_can_be_restored_from_the_file()
    {
        string id;
        await using (var before = await TestServer.StartAsync(DatabaseOptions))
        {
            var run = await before.StartAsync("Any");
            var worker = new ManualWorker(before);
            await worker.CompleteAsync(await worker.PollAsync(), Activity(), Timer());
            id = run.Id;
        }

        await using var after = await TestServer.StartAsync(DatabaseOptions);

        var restored = after.Client.GetWorkflowHandle(id);
        Assert.Single((await restored.DescribeRawAsync()).PendingActivities);
        Assert.Contains(
            (await restored.FetchHistoryAsync()).Events,
            e => e.TimerStartedEventAttributes?.StartToFireTimeout.Equals(Century) == true);
    }

    [Fact]
    public async Task A_retention_without_limit_keeps_closed_runs()
    {
        await using var test = await TestServer.StartAsync(DatabaseOptions with { Retention = TimeSpan.MaxValue });
        var run = await test.StartAsync("Any");

        await run.TerminateAsync();

        Assert.NotEmpty(await run.EventTypesAsync());
    }

    [Fact]
    public async Task A_schedule_with_an_extreme_interval_can_be_restored_from_the_file()
    {
        await using (var before = await TestServer.StartAsync(DatabaseOptions))
        {
            await before.Client.WorkflowService.CreateScheduleAsync(new()
            {
                Namespace = "default",
                ScheduleId = "extreme",
                RequestId = "once",
                Schedule = new()
                {
                    Spec = new()
                    {
                        StartTime = Timestamp.FromDateTimeOffset(DateTimeOffset.MaxValue),
                        Interval = { new Temporalio.Api.Schedule.V1.IntervalSpec { Interval = TooLong } },
                    },
                    Policies = new() { CatchupWindow = TooLong },
                    Action = new()
                    {
                        StartWorkflow = new()
                        {
                            WorkflowId = "the-id",
                            WorkflowType = new() { Name = "Any" },
                            TaskQueue = new() { Name = "queue" },
                        },
                    },
                },
            });
        }

        await using var after = await TestServer.StartAsync(DatabaseOptions);

        Assert.NotNull(await after.Client.GetScheduleHandle("extreme").DescribeAsync());
    }

    private static Command Activity()
    {
        var command = ManualWorker.Activity("a");
        var activity = command.ScheduleActivityTaskCommandAttributes;
        activity.StartToCloseTimeout = TooLong;
        activity.ScheduleToCloseTimeout = TooLong;
        activity.HeartbeatTimeout = TooLong;
        activity.RetryPolicy = new() { InitialInterval = TooLong };
        return command;
    }

    private static Command Timer()
    {
        var command = ManualWorker.Timer("t");
        command.StartTimerCommandAttributes.StartToFireTimeout = TooLong;
        return command;
    }
}
