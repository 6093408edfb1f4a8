using ControlPlane.Temporal;
using Temporalio.Api.Enums.V1;
using Temporalio.Client;
using Temporalio.Exceptions;
using Worker.Commands;
using Worker.Commands.Doctor;
using Worker.Sweeps;

namespace Worker.Systems.Temporal;

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

    private static async Task<CheckResult> ReachableAsync(CommandHost host)
    {
        await host.TemporalAsync();
        return CheckResult.Ok($"{TemporalOptions.From(host.Settings).Address} answers");
    }

    private static async Task<CheckResult> NamespaceAsync(CommandHost host, CancellationToken cancellationToken)
    {
        var temporal = await host.TemporalAsync();
        string name = temporal.Options.Namespace;
        try
        {
            await temporal.WorkflowService.DescribeNamespaceAsync(
                new() { Namespace = name }, new RpcOptions { CancellationToken = cancellationToken });
            return CheckResult.Ok($"{name} is there");
        }
        catch (RpcException e) when (e.Code == RpcException.StatusCode.NotFound)
        {
            return CheckResult.Problem($"{name} is missing",
                $"Run `Worker setup` (or ./dev setup), or: temporal operator namespace create {name}");
        }
    }

    private static async Task<CheckResult> SweepAsync(CommandHost host, CancellationToken cancellationToken)
    {
        try
        {
            var temporal = await host.TemporalAsync();
            var schedule = await temporal.GetScheduleHandle(SweepSchedule.Id).DescribeAsync(
                new RpcOptions { CancellationToken = cancellationToken });
            return schedule.Schedule.State.Paused
                ? CheckResult.Problem("the schedule is paused", "Unpause it: temporal schedule toggle --unpause "
                    + $"--schedule-id {SweepSchedule.Id} --namespace {temporal.Options.Namespace} "
                    + $"--address {TemporalOptions.From(host.Settings).Address}")
                : CheckResult.Ok($"the schedule {SweepSchedule.Id} is there");
        }
        catch (RpcException e) when (e.Code == RpcException.StatusCode.NotFound)
        {
            return CheckResult.Problem("the schedule is missing", "Run `Worker setup` (or ./dev setup).");
        }
    }

    private static async Task<CheckResult> WorkerAsync(CommandHost host, CancellationToken cancellationToken)
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
            new RpcOptions { CancellationToken = cancellationToken });
        var now = host.Time.GetUtcNow();
        int polling = answer.Pollers.Count(p => p.LastAccessTime is null
            || now - p.LastAccessTime.ToDateTimeOffset() < LongestPoll);
        return polling > 0
            ? CheckResult.Ok($"one polls the task queue {queue}")
            : CheckResult.Problem($"nobody polls the task queue {queue}",
                "Start the worker (`Worker run`, or ./dev up) and look for \"Worker state: RUNNING\" in its log.");
    }
}
