using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Worker.Hosting;

namespace Worker.Audit;

/// <summary>
/// Seals new rows of the audit every few seconds, and logs the head of the chain: a copy of it outside the database
/// shows that the chain was not written anew (`Worker audit verify --head`).
/// </summary>
public sealed partial class AuditSealing(AuditChain chain, TimeProvider time, ILogger<AuditSealing> logger)
    : BackgroundService
{
    /// <summary>The longest time for which a committed row is without a seal while a worker runs.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await SealAsync(stoppingToken);
                await Task.Delay(Interval, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The rest is sealed by the next worker.
        }
    }

    private async Task SealAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (await chain.SealAsync(cancellationToken) is { } head)
            {
                LogHead(head);
            }
        }
        catch (NpgsqlException e)
        {
            LogWaiting(StartupGate.ReasonOf(e));
        }
    }

    [LoggerMessage(EventId = 620, Level = LogLevel.Information, Message = "Audit: sealed up to {Head}")]
    private partial void LogHead(AuditSeal head);

    [LoggerMessage(EventId = 621, Level = LogLevel.Warning,
        Message = "Audit: new rows wait for their seal, since the control database does not serve: {Reason}")]
    private partial void LogWaiting(string reason);
}
