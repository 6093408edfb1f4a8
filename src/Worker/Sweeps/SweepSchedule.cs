using ControlPlane.Temporal;
using Temporalio.Api.Enums.V1;
using Temporalio.Client;
using Temporalio.Client.Schedules;
using Temporalio.Exceptions;

namespace Worker.Sweeps;

/// <summary>
/// A Temporal schedule of a part of the sweep. A run is skipped while the previous one is still running.
/// </summary>
public sealed class SweepSchedule
{
    /// <summary>The ids of the schedules, and the prefixes of their workflow ids.</summary>
    public const string SweepId = "sweep", RepairId = "repair";

    private readonly TemporalClient temporal;
    private readonly TimeSpan interval;
    private readonly ScheduleActionStartWorkflow action;

    private SweepSchedule(TemporalClient temporal, string id, TimeSpan interval, ScheduleActionStartWorkflow action)
    {
        this.temporal = temporal;
        this.interval = interval;
        this.action = action;
        Id = id;
    }

    public static IReadOnlyList<string> Ids { get; } = [RepairId, SweepId];

    public string Id { get; }

    /// <summary>The schedules that <c>setup</c> makes.</summary>
    public static IReadOnlyList<SweepSchedule> All(
        TemporalClient temporal, TemporalOptions connection, SweepOptions options) =>
    [
        new(temporal, RepairId, options.RepairInterval, ScheduleActionStartWorkflow.Create(
            (RepairAttemptsWorkflow repair) => repair.RunAsync(), new(id: RepairId, taskQueue: connection.TaskQueue))),
        new(temporal, SweepId, options.Interval, ScheduleActionStartWorkflow.Create(
            (SweepWorkflow sweep) => sweep.RunAsync(), new(id: SweepId, taskQueue: connection.TaskQueue))),
    ];

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
        action, new ScheduleSpec { Intervals = [new ScheduleIntervalSpec(interval)] })
    {
        // After an outage of Temporal the missed runs are not made up one by one.
        Policy = new SchedulePolicy { Overlap = ScheduleOverlapPolicy.Skip, CatchupWindow = interval },
    };
}
