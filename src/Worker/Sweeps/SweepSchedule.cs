using ControlPlane.Temporal;
using Temporalio.Api.Enums.V1;
using Temporalio.Client;
using Temporalio.Client.Schedules;
using Temporalio.Exceptions;

namespace Worker.Sweeps;

/// <summary>Starts a sweep each interval; one that finds the sweep before still at work is left out.</summary>
public sealed class SweepSchedule(TemporalClient temporal, TemporalOptions connection, SweepOptions options)
{
    /// <summary>Of the schedule, and what the ids of its runs begin with.</summary>
    public const string Id = "sweep";

    /// <summary>Makes it, or gives the one that is there the interval of today; a paused one stays paused.</summary>
    /// <returns>Whether it was made now.</returns>
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
        // What was missed while Temporal was away is one sweep, not many.
        Policy = new SchedulePolicy { Overlap = ScheduleOverlapPolicy.Skip, CatchupWindow = options.Interval },
    };
}
