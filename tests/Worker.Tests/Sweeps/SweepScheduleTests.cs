using ControlPlane.Temporal;
using Microsoft.Extensions.DependencyInjection;
using Temporalio.Api.Enums.V1;
using Temporalio.Client.Schedules;
using Worker.Sweeps;
using Worker.Tests.Support;

namespace Worker.Tests.Sweeps;

public sealed class SweepScheduleTests(ProvisioningWorld world) : IClassFixture<ProvisioningWorld>
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    private ScheduleHandle Handle => world.Temporal.GetScheduleHandle(SweepSchedule.Id);

    [Fact]
    public async Task It_is_made_once_runs_the_sweep_and_keeps_what_an_operator_has_set()
    {
        using var stillness = world.StandStill();

        Assert.True(await Schedule(minutes: 10).EnsureAsync(CancellationToken));
        Assert.Equal(TimeSpan.FromMinutes(10), await IntervalAsync());
        await Handle.TriggerAsync();
        var run = Assert.IsType<ScheduleActionExecutionStartWorkflow>(
            Assert.Single((await Handle.DescribeAsync()).Info.RecentActions).Action);
        await world.Temporal.GetWorkflowHandle(run.WorkflowId).GetResultAsync<SweepResult>();

        await Handle.PauseAsync("an operator's word");
        Assert.False(await Schedule(minutes: 5).EnsureAsync(CancellationToken));

        var described = (await Handle.DescribeAsync()).Schedule;
        Assert.Equal((true, "an operator's word"), (described.State.Paused, described.State.Note));
        Assert.Equal(ScheduleOverlapPolicy.Skip, described.Policy.Overlap);
        Assert.Equal(TimeSpan.FromMinutes(5), await IntervalAsync());
    }

    private SweepSchedule Schedule(int minutes) => new(
        world.Temporal,
        world.Services.GetRequiredService<TemporalOptions>(),
        new SweepOptions(TimeSpan.FromMinutes(minutes), TimeSpan.Zero, 0, TimeSpan.Zero));

    private async Task<TimeSpan> IntervalAsync() =>
        Assert.Single((await Handle.DescribeAsync()).Schedule.Spec.Intervals).Every;
}
