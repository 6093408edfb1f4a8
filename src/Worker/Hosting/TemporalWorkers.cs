using ControlPlane;
using ControlPlane.Persistence;
using ControlPlane.Temporal;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Temporalio.Client;
using Temporalio.Exceptions;
using Temporalio.Extensions.Hosting;
using Temporalio.Worker;
using Temporalio.Worker.Interceptors;
using Worker.Systems;

namespace Worker.Hosting;

/// <summary>
/// Runs one Temporal worker for each task queue until the host stops. When Temporal refuses the workers, for instance
/// because the namespace was deleted, it waits for Temporal again and restarts them.
/// </summary>
public sealed partial class TemporalWorkers(
    StartupGate gate,
    LeaderLease lease,
    WorkerHealth health,
    DeploymentVersion version,
    SystemsOff off,
    TemporalOptions temporal,
    IReadOnlyList<OutsideSystem> systems,
    IServiceProvider services,
    IEnumerable<WorkflowRegistration> workflows,
    IEnumerable<ActivityRegistration> activities,
    IEnumerable<IWorkerInterceptor> interceptors,
    ILoggerFactory loggers,
    ILogger<TemporalWorkers> logger) : BackgroundService
{
    /// <summary>The time for running activities to end when the worker stops; then they are cancelled.</summary>
    private static readonly TimeSpan GracefulShutdownTimeout = TimeSpan.FromSeconds(20);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        LogVersion(ProductVersion.Current, Migrations.Newest);
        foreach (var (_, reason) in off.Systems)
        {
            LogOff(reason);
        }

        try
        {
            while (true)
            {
                var client = await gate.ConnectWhenReadyAsync(stoppingToken);
                await RunAsync(client, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            LogStopped();
        }
    }

    private async Task RunAsync(TemporalClient client, CancellationToken stoppingToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        try
        {
            var serving = Queues().Where(HasWork).Select(queue => ServeAsync(client, queue, stop.Token)).ToList();
            LogRunning();
            health.IsServing = true;
            using var stopped = stop.Token.Register(() => health.IsServing = false);
            await Task.WhenAny(serving);
            await stop.CancelAsync();
            await Task.WhenAll(serving);
        }
        catch (Exception e) when (e is RpcException or InvalidOperationException
            && !stoppingToken.IsCancellationRequested)
        {
            LogRefused(e.Message);
        }
    }

    private Task ServeAsync(TemporalClient client, TaskQueue queue, CancellationToken stop)
    {
        return queue.IsSingleWorker
            ? lease.RunAsync(temporal.TaskQueue + queue.Suffix, PollAsync, stop)
            : PollAsync(stop);

        async Task PollAsync(CancellationToken cancellationToken)
        {
            using var worker = new TemporalWorker(client, Options(queue));
            await worker.ExecuteAsync(cancellationToken);
        }
    }

    private IEnumerable<TaskQueue> Queues() => systems.SelectMany(system => system.Queues).Prepend(TaskQueue.Control);

    private bool HasWork(TaskQueue queue) => queue == TaskQueue.Control || ActivitiesOf(queue).Any();

    private IEnumerable<ActivityRegistration> ActivitiesOf(TaskQueue queue) =>
        activities.Where(registration => registration.Queues.Contains(queue));

    private TemporalWorkerOptions Options(TaskQueue queue)
    {
        var options = new TemporalWorkerOptions(temporal.TaskQueue + queue.Suffix)
        {
            MaxConcurrentActivities = queue.MaxConcurrentActivities,
            MaxConcurrentActivityTaskPolls = Math.Min(queue.MaxConcurrentActivities, 2),
            GracefulShutdownTimeout = GracefulShutdownTimeout,
            MaxHeartbeatThrottleInterval = HeartbeatInterceptor.HeartbeatInterval,
            Interceptors = [.. interceptors],
            LoggerFactory = loggers,
        };
        foreach (var definition in ActivitiesOf(queue)
            .SelectMany(registration => services.CreateTemporalActivityDefinitions(registration.Activities)))
        {
            options.AddActivity(definition);
        }

        if (queue == TaskQueue.Control)
        {
            options.DeploymentOptions = version.Options;
            foreach (var registration in workflows)
            {
                options.AddWorkflow(registration.Workflow);
            }
        }

        return options;
    }

    [LoggerMessage(EventId = 123, Level = LogLevel.Information,
        Message = "Version {Version}, for a database with migration {Migration} or later")]
    private partial void LogVersion(string version, string migration);

    // Operators search for exactly this line.
    [LoggerMessage(EventId = 110, Level = LogLevel.Information, Message = "Worker state: RUNNING")]
    private partial void LogRunning();

    [LoggerMessage(EventId = 111, Level = LogLevel.Warning, Message = "Temporal refused the worker: {Reason}")]
    private partial void LogRefused(string reason);

    [LoggerMessage(EventId = 118, Level = LogLevel.Warning, Message = "{Reason} Its steps are SKIPPED in new attempts")]
    private partial void LogOff(string reason);

    [LoggerMessage(EventId = 112, Level = LogLevel.Information, Message = "Worker state: STOPPED")]
    private partial void LogStopped();
}
