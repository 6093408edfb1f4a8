using ControlPlane.Temporal;
using Microsoft.Extensions.DependencyInjection;
using Temporalio.Api.Enums.V1;
using Temporalio.Client.Schedules;
using Worker.Sweeps;
using Worker.Tests.Support;

namespace Worker.Tests.Sweeps;

public sealed class SweepScheduleTests(ProvisioningFixture fixture) : IClassFixture<ProvisioningFixture>
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    private ScheduleHandle Handle => fixture.Temporal.GetScheduleHandle(SweepSchedule.SweepId);

    [Fact]
    public async Task It_is_created_once_runs_the_sweep_and_keeps_an_operators_changes()
    {
        using var stopped = fixture.StopClock();

        Assert.True(await Schedule(minutes: 10).EnsureAsync(CancellationToken));
        Assert.Equal(TimeSpan.FromMinutes(10), await IntervalAsync());
        await Handle.TriggerAsync();
        var run = Assert.IsType<ScheduleActionExecutionStartWorkflow>(
            Assert.Single((await Handle.DescribeAsync()).Info.RecentActions).Action);
        await fixture.Temporal.GetWorkflowHandle(run.WorkflowId).GetResultAsync<SweepResult>();

        await Handle.PauseAsync("an operator's word");
        Assert.False(await Schedule(minutes: 5).EnsureAsync(CancellationToken));

        var described = (await Handle.DescribeAsync()).Schedule;
        Assert.Equal((true, "an operator's word"), (described.State.Paused, described.State.Note));
        Assert.Equal(ScheduleOverlapPolicy.Skip, described.Policy.Overlap);
        Assert.Equal(TimeSpan.FromMinutes(5), await IntervalAsync());
    }

    private SweepSchedule Schedule(int minutes) => SweepSchedule.All(
        fixture.Temporal,
        fixture.Services.GetRequiredService<TemporalOptions>(),
        new SweepOptions(
            TimeSpan.FromMinutes(minutes), TimeSpan.FromMinutes(1), TimeSpan.Zero, 0, TimeSpan.Zero, TimeSpan.Zero))
        .Single(schedule => schedule.Id == SweepSchedule.SweepId);

    private async Task<TimeSpan> IntervalAsync() =>
        Assert.Single((await Handle.DescribeAsync()).Schedule.Spec.Intervals).Every;
}
