using ControlPlane.Persistence;
using ControlPlane.Persistence.Entra;
using ControlPlane.Temporal;
using Microsoft.Extensions.Logging;
using Npgsql;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Client;
using Temporalio.Exceptions;
using OurConnection = ControlPlane.Temporal.TemporalConnection;

namespace Worker.Hosting;

/// <summary>
/// Waits until the control database has every migration and Temporal has its namespace, since both may start, and the
/// database may be migrated, after the worker. Logs a wait with its reason once, and again when the reason changes.
/// </summary>
public sealed partial class StartupGate(
    NpgsqlDataSource database,
    TemporalOptions temporal,
    WorkerHealth health,
    ILoggerFactory loggers,
    TimeProvider time,
    ILogger<StartupGate> logger)
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(2);

    private (string What, string Reason) logged;

    public async Task<TemporalClient> ConnectWhenReadyAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            string waitingFor = "the control database";
            try
            {
                var missing = await Migrations.FindMissingAsync(database, cancellationToken);
                health.MissingMigration = missing?.Migration;
                if (missing is not null)
                {
                    Wait(waitingFor, $"migration {missing.Migration}; run `migrate`");
                }
                else
                {
                    waitingFor = $"Temporal at {temporal.Address}";
                    var client = await ConnectAsync(cancellationToken);
                    logged = default;
                    LogConnected(temporal.Namespace);
                    return client;
                }
            }
            catch (NpgsqlException e)
            {
                Wait(waitingFor, ReasonOf(e));
            }
            catch (RpcException e) when (e.Code == RpcException.StatusCode.NotFound)
            {
                Wait(waitingFor, $"it has no namespace {temporal.Namespace}; run `setup`");
            }
            catch (RpcException e) when (TemporalErrors.RefusesCredentials(e))
            {
                Wait(waitingFor, "it refuses the credentials (TEMPORAL_API_KEY or the client certificate)");
            }
            catch (Exception e) when (e is RpcException or InvalidOperationException)
            {
                Wait(waitingFor, "it cannot be reached");
            }

            await Task.Delay(RetryInterval, time, cancellationToken);
        }
    }

    internal static string ReasonOf(NpgsqlException e) => e switch
    {
        PostgresException p => p.MessageText,
        { InnerException: EntraTokenException token } => token.Message,
        _ => "it cannot be reached",
    };

    private void Wait(string what, string reason)
    {
        if (logged != (what, reason))
        {
            logged = (what, reason);
            LogWaiting(what, reason);
        }
    }

    // A failed connection throws InvalidOperationException. A missing namespace shows only when it is described.
    private async Task<TemporalClient> ConnectAsync(CancellationToken cancellationToken)
    {
        var options = OurConnection.ConnectOptions(temporal, WorkerJson.Options, isWorker: true);
        options.LoggerFactory = loggers;
        var client = await TemporalClient.ConnectAsync(options);
        await client.WorkflowService.DescribeNamespaceAsync(
            new DescribeNamespaceRequest { Namespace = temporal.Namespace },
            new RpcOptions { CancellationToken = cancellationToken });
        return client;
    }

    [LoggerMessage(EventId = 115, Level = LogLevel.Warning, Message = "Waiting for {What}: {Reason}")]
    private partial void LogWaiting(string what, string reason);

    // Operators search for exactly this line.
    [LoggerMessage(EventId = 116, Level = LogLevel.Information,
        Message = "Connected to Temporal namespace: {Namespace}")]
    private partial void LogConnected(string @namespace);
}
