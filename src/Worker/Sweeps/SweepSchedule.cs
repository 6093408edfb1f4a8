using ControlPlane.Temporal;
using Temporalio.Api.Enums.V1;
using Temporalio.Client;
using Temporalio.Client.Schedules;
using Temporalio.Exceptions;

namespace Worker.Sweeps;

/// <summary>The Temporal schedule of the sweep. A sweep is skipped while the previous one is still running.</summary>
public sealed class SweepSchedule(TemporalClient temporal, TemporalOptions connection, SweepOptions options)
{
    /// <summary>The id of the schedule, and the prefix of its workflow ids.</summary>
    public const string Id = "sweep";

    /// <summary>Creates the schedule, or updates the interval of the existing one. A paused one stays paused.</summary>
    /// <returns>Whether it was created.</returns>
    public async Task<bool> EnsureAsync(CancellationToken cancellationToken)
    {
        var rpc = new RpcOptions { CancellationToken = cancellationToken };
        var wanted = Build();
        try
        {
            await temporal.CreateScheduleAsync(Id, wanted, new ScheduleOptions { Rpc = rpc });
            return true;
        }
        catch (ScheduleAlreadyRunningException)
        {
            await temporal.GetScheduleHandle(Id).UpdateAsync(
                ScheduleUpdate? (input) => new(wanted with { State = input.Description.Schedule.State }), rpc);
            return false;
        }
    }

    private Schedule Build() => new(
        ScheduleActionStartWorkflow.Create(
            (SweepWorkflow sweep) => sweep.RunAsync(), new WorkflowOptions(id: Id, taskQueue: connection.TaskQueue)),
        new ScheduleSpec { Intervals = [new ScheduleIntervalSpec(options.Interval)] })
    {
        // After an outage of Temporal the missed sweeps are not made up one by one.
        Policy = new SchedulePolicy { Overlap = ScheduleOverlapPolicy.Skip, CatchupWindow = options.Interval },
    };
}
