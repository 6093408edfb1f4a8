using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Worker.Sweeps;

namespace Worker.Invitations;

/// <summary>
/// Erases expired sealed passwords at the worker's start and then every minute. The sweep erases them as well, but it
/// may run only once a day, and does not run without Temporal.
/// </summary>
public sealed partial class SealedPasswordExpiry(
    ExpiredRows rows, TimeProvider time, ILogger<SealedPasswordExpiry> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await EraseAsync(stoppingToken);
                await Task.Delay(Interval, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The worker stops; the next one erases at its start.
        }
    }

    private async Task EraseAsync(CancellationToken cancellationToken)
    {
        try
        {
            int erased = await rows.EraseSealedPasswordsAsync(cancellationToken);
            if (erased > 0)
            {
                LogErased(erased);
            }
        }
        catch (NpgsqlException)
        {
            // The database is unavailable or has no tables yet; the worker reports that elsewhere. Retried in a minute.
        }
    }

    [LoggerMessage(EventId = 130, Level = LogLevel.Information,
        Message = "Erased {Passwords} sealed passwords that were not fetched in time")]
    private partial void LogErased(int passwords);
}
