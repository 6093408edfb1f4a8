using ControlPlane.Temporal;
using Temporalio.Api.Enums.V1;
using Temporalio.Client;
using Temporalio.Exceptions;
using Worker.Commands;
using Worker.Commands.Doctor;
using Worker.Sweeps;

namespace Worker.Systems.Temporal;

internal static class TemporalDoctorChecks
{
    // A poll lasts at most a minute and is then repeated, so a poller that was not seen for longer has stopped.
    private static readonly TimeSpan MaxPollAge = TimeSpan.FromSeconds(90);

    private const string Temporal = "Temporal", Namespace = "namespace";

    private const string SetUp = "Run `Worker setup` (or ./dev setup).";

    public static IReadOnlyList<DoctorCheck> For(CommandHost host) =>
    [
        new(Temporal, _ => ReachableAsync(host), "Start Temporal and check TEMPORAL_ADDRESS."),
        new(Namespace, token => NamespaceAsync(host, token), SetUp, Needs: Temporal),
        .. SweepSchedule.Ids.Select(
            id => new DoctorCheck(id, token => ScheduleAsync(host, id, token), SetUp, Needs: Namespace)),
        new("worker", token => WorkerAsync(host, token), "Start the worker: `Worker run`.", Needs: Namespace),
    ];

    private static async Task<DoctorResult> ReachableAsync(CommandHost host)
    {
        await host.GetTemporalAsync();
        return DoctorResult.Ok($"{TemporalOptions.From(host.Settings).Address} answers");
    }

    private static async Task<DoctorResult> NamespaceAsync(CommandHost host, CancellationToken cancellationToken)
    {
        var temporal = await host.GetTemporalAsync();
        string name = temporal.Options.Namespace;
        try
        {
            await temporal.WorkflowService.DescribeNamespaceAsync(
                new() { Namespace = name }, new RpcOptions { CancellationToken = cancellationToken });
            return DoctorResult.Ok($"{name} is there");
        }
        catch (RpcException e) when (e.Code == RpcException.StatusCode.NotFound)
        {
            return DoctorResult.Problem($"{name} is missing",
                $"Run `Worker setup` (or ./dev setup), or: temporal operator namespace create {name}");
        }
    }

    private static async Task<DoctorResult> ScheduleAsync(
        CommandHost host, string id, CancellationToken cancellationToken)
    {
        try
        {
            var temporal = await host.GetTemporalAsync();
            var schedule = await temporal.GetScheduleHandle(id).DescribeAsync(
                new RpcOptions { CancellationToken = cancellationToken });
            return schedule.Schedule.State.Paused
                ? DoctorResult.Problem("the schedule is paused", "Unpause it: temporal schedule toggle --unpause "
                    + $"--schedule-id {id} --namespace {temporal.Options.Namespace} "
                    + $"--address {TemporalOptions.From(host.Settings).Address}")
                : DoctorResult.Ok($"the schedule {id} exists");
        }
        catch (RpcException e) when (e.Code == RpcException.StatusCode.NotFound)
        {
            return DoctorResult.Problem("the schedule is missing", SetUp);
        }
    }

    private static async Task<DoctorResult> WorkerAsync(CommandHost host, CancellationToken cancellationToken)
    {
        var temporal = await host.GetTemporalAsync();
        string queue = TemporalOptions.From(host.Settings).TaskQueue;
        var answer = await temporal.WorkflowService.DescribeTaskQueueAsync(
            new()
            {
                Namespace = temporal.Options.Namespace,
                TaskQueue = new() { Name = queue },
                TaskQueueType = TaskQueueType.Workflow,
            },
            new RpcOptions { CancellationToken = cancellationToken });
        var now = host.Time.GetUtcNow();
        int pollers = answer.Pollers.Count(p => p.LastAccessTime is null
            || now - p.LastAccessTime.ToDateTimeOffset() < MaxPollAge);
        return pollers > 0
            ? DoctorResult.Ok($"a worker polls the task queue {queue}")
            : DoctorResult.Problem($"no worker polls the task queue {queue}",
                "Start the worker (`Worker run`, or ./dev up) and look for \"Worker state: RUNNING\" in its log.");
    }
}
