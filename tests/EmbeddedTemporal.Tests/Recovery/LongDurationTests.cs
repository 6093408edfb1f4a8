using EmbeddedTemporal.Tests.Protocol;
using EmbeddedTemporal.Tests.Support;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Time.Testing;
using Temporalio.Api.Command.V1;

namespace EmbeddedTemporal.Tests.Recovery;

/// <summary>Times that no calendar holds: they count as a hundred years, as in Temporal.</summary>
public sealed class LongDurationTests : IDisposable
{
    private static readonly Duration TooLong = new() { Seconds = long.MaxValue };
    private static readonly Duration Century = Duration.FromTimeSpan(TimeSpan.FromDays(36_500));

    private readonly FakeTimeProvider clock = new(TimeProvider.System.GetUtcNow());
    private readonly DatabaseFile file = new();

    private EmbeddedTemporalOptions OnFile => new() { DatabaseFile = file.Path, TimeProvider = clock };

    public void Dispose() => file.Dispose();

    [Fact]
    public async Task A_run_may_take_for_ever_and_its_file_can_be_read_again()
    {
        string id;
        await using (var before = await TestServer.StartAsync(OnFile))
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

        await using var after = await TestServer.StartAsync(OnFile);

        var config = (await after.Client.GetWorkflowHandle(id).DescribeRawAsync()).ExecutionConfig;
        Assert.Equal(Century, config.WorkflowRunTimeout);
        Assert.Equal(Century, config.WorkflowExecutionTimeout);
    }

    [Fact]
    public async Task An_activity_and_a_timer_may_take_for_ever_and_their_file_can_be_read_again()
    {
        string id;
        await using (var before = await TestServer.StartAsync(OnFile))
        {
            var run = await before.StartAsync("Any");
            var worker = new HandWorker(before);
            await worker.CompleteAsync(await worker.PollAsync(), Activity(), Timer());
            id = run.Id;
        }

        await using var after = await TestServer.StartAsync(OnFile);

        var restored = after.Client.GetWorkflowHandle(id);
        Assert.Single((await restored.DescribeRawAsync()).PendingActivities);
        Assert.Contains(
            (await restored.FetchHistoryAsync()).Events,
            e => e.TimerStartedEventAttributes?.StartToFireTimeout.Equals(Century) == true);
    }

    [Fact]
    public async Task Closed_runs_may_be_kept_for_ever()
    {
        await using var test = await TestServer.StartAsync(OnFile with { Retention = TimeSpan.MaxValue });
        var run = await test.StartAsync("Any");

        await run.TerminateAsync();

        Assert.NotEmpty(await run.EventTypesAsync());
    }

    [Fact]
    public async Task A_schedule_may_have_an_interval_of_ages_and_its_file_can_be_read_again()
    {
        await using (var before = await TestServer.StartAsync(OnFile))
        {
            await before.Client.WorkflowService.CreateScheduleAsync(new()
            {
                Namespace = "default",
                ScheduleId = "ages",
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

        await using var after = await TestServer.StartAsync(OnFile);

        Assert.NotNull(await after.Client.GetScheduleHandle("ages").DescribeAsync());
    }

    private static Command Activity()
    {
        var command = HandWorker.Activity("a");
        var activity = command.ScheduleActivityTaskCommandAttributes;
        activity.StartToCloseTimeout = TooLong;
        activity.ScheduleToCloseTimeout = TooLong;
        activity.HeartbeatTimeout = TooLong;
        activity.RetryPolicy = new() { InitialInterval = TooLong };
        return command;
    }

    private static Command Timer()
    {
        var command = HandWorker.Timer("t");
        command.StartTimerCommandAttributes.StartToFireTimeout = TooLong;
        return command;
    }
}
