using ControlPlane.Temporal;
using Temporalio.Api.Enums.V1;
using Temporalio.Client;
using Temporalio.Exceptions;
using Worker.Sweeps;

namespace Worker.Commands.Doctor;

internal static class TemporalChecks
{
    // A poll waits a minute at most and is then asked anew: who was not seen for longer is gone.
    private static readonly TimeSpan LongestPoll = TimeSpan.FromSeconds(90);

    public static IReadOnlyList<Check> For(CommandHost host) =>
    [
        new("Temporal", _ => ReachableAsync(host), "Start Temporal, and see that TEMPORAL_ADDRESS names it."),
        new("namespace", token => NamespaceAsync(host, token), "Run `Worker setup` (or ./dev setup)."),
        new("sweep", token => SweepAsync(host, token), "Run `Worker setup` (or ./dev setup)."),
        new("worker", token => WorkerAsync(host, token), "Start the worker: `Worker run`."),
    ];

    private static async Task<Finding> ReachableAsync(CommandHost host)
    {
        await host.TemporalAsync();
        return Finding.Well($"{TemporalOptions.From(host.Settings).Address} answers");
    }

    private static async Task<Finding> NamespaceAsync(CommandHost host, CancellationToken cancellation)
    {
        var temporal = await host.TemporalAsync();
        string name = temporal.Options.Namespace;
        try
        {
            await temporal.WorkflowService.DescribeNamespaceAsync(
                new() { Namespace = name }, new RpcOptions { CancellationToken = cancellation });
            return Finding.Well($"{name} is there");
        }
        catch (RpcException e) when (e.Code == RpcException.StatusCode.NotFound)
        {
            return Finding.Trouble($"{name} is missing",
                $"Run `Worker setup` (or ./dev setup), or: temporal operator namespace create {name}");
        }
    }

    private static async Task<Finding> SweepAsync(CommandHost host, CancellationToken cancellation)
    {
        try
        {
            var temporal = await host.TemporalAsync();
            var schedule = await temporal.GetScheduleHandle(SweepSchedule.Id).DescribeAsync(
                new RpcOptions { CancellationToken = cancellation });
            return schedule.Schedule.State.Paused
                ? Finding.Trouble("the schedule is paused", "Unpause it: temporal schedule toggle --unpause "
                    + $"--schedule-id {SweepSchedule.Id} --namespace {temporal.Options.Namespace} "
                    + $"--address {TemporalOptions.From(host.Settings).Address}")
                : Finding.Well($"the schedule {SweepSchedule.Id} is there");
        }
        catch (RpcException e) when (e.Code == RpcException.StatusCode.NotFound)
        {
            return Finding.Trouble("the schedule is missing", "Run `Worker setup` (or ./dev setup).");
        }
    }

    private static async Task<Finding> WorkerAsync(CommandHost host, CancellationToken cancellation)
    {
        var temporal = await host.TemporalAsync();
        string queue = TemporalOptions.From(host.Settings).TaskQueue;
        var answer = await temporal.WorkflowService.DescribeTaskQueueAsync(
            new()
            {
                Namespace = temporal.Options.Namespace,
                TaskQueue = new() { Name = queue },
                TaskQueueType = TaskQueueType.Workflow,
            },
            new RpcOptions { CancellationToken = cancellation });
        var now = host.Time.GetUtcNow();
        int polling = answer.Pollers.Count(p => p.LastAccessTime is null
            || now - p.LastAccessTime.ToDateTimeOffset() < LongestPoll);
        return polling > 0
            ? Finding.Well($"one polls the task queue {queue}")
            : Finding.Trouble($"nobody polls the task queue {queue}",
                "Start the worker (`Worker run`, or ./dev up) and look for \"Worker state: RUNNING\" in its log.");
    }
}
