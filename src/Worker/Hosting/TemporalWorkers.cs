using ControlPlane.Temporal;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Temporalio.Client;
using Temporalio.Exceptions;
using Temporalio.Extensions.Hosting;
using Temporalio.Worker;
using Temporalio.Worker.Interceptors;

namespace Worker.Hosting;

/// <summary>
/// Runs one Temporal worker for each task queue until the host stops. When Temporal refuses them (its namespace is
/// gone, for instance) it goes back to waiting for it.
/// </summary>
public sealed partial class TemporalWorkers(
    StartupGate gate,
    TemporalOptions temporal,
    IServiceProvider services,
    IEnumerable<WorkflowRegistration> workflows,
    IEnumerable<ActivityRegistration> activities,
    IEnumerable<IWorkerInterceptor> interceptors,
    ILoggerFactory loggers,
    ILogger<TemporalWorkers> logger) : BackgroundService
{
    /// <summary>How long activities in flight may go on when the worker stops; then they are cancelled.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(20);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                var client = await gate.OpenAsync(stoppingToken);
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
        var workers = TaskQueues.All
            .Select(queue => Options(queue.Suffix, queue.MostAtOnce))
            .Where(options => options.Activities.Count > 0 || options.Workflows.Count > 0)
            .Select(options => new TemporalWorker(client, options))
            .ToList();
        try
        {
            var running = workers.Select(worker => worker.ExecuteAsync(stop.Token)).ToList();
            LogRunning();
            await Task.WhenAny(running);
            await stop.CancelAsync();
            await Task.WhenAll(running);
        }
        catch (Exception e) when (e is RpcException or InvalidOperationException
            && !stoppingToken.IsCancellationRequested)
        {
            LogRefused(e.Message);
        }
        finally
        {
            workers.ForEach(worker => worker.Dispose());
        }
    }

    private TemporalWorkerOptions Options(string suffix, int mostAtOnce)
    {
        var options = new TemporalWorkerOptions(temporal.TaskQueue + suffix)
        {
            MaxConcurrentActivities = mostAtOnce,
            MaxConcurrentActivityTaskPolls = Math.Min(mostAtOnce, 2),
            GracefulShutdownTimeout = Grace,
            MaxHeartbeatThrottleInterval = ActivityFrame.Beat,
            Interceptors = [.. interceptors],
            LoggerFactory = loggers,
        };
        foreach (var definition in activities
            .Where(registration => registration.Queues.Contains(suffix))
            .SelectMany(registration => services.CreateTemporalActivityDefinitions(registration.Activities)))
        {
            options.AddActivity(definition);
        }

        if (suffix == TaskQueues.Control)
        {
            foreach (var registration in workflows)
            {
                options.AddWorkflow(registration.Workflow);
            }
        }

        return options;
    }

    // People look for this line, word for word.
    [LoggerMessage(EventId = 110, Level = LogLevel.Information, Message = "Worker state: RUNNING")]
    private partial void LogRunning();

    [LoggerMessage(EventId = 111, Level = LogLevel.Warning, Message = "Temporal refused the worker: {Reason}")]
    private partial void LogRefused(string reason);

    [LoggerMessage(EventId = 112, Level = LogLevel.Information, Message = "Worker state: STOPPED")]
    private partial void LogStopped();
}
