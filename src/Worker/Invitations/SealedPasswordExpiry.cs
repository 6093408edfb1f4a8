using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Worker.Sweeps;

namespace Worker.Invitations;

/// <summary>
/// Erases sealed passwords whose time is over, from the worker's start on and then each minute. The sweep does so as
/// well, but it may come only once a day, and not at all without Temporal.
/// </summary>
public sealed partial class SealedPasswordExpiry(
    ExpiredRows rows, TimeProvider time, ILogger<SealedPasswordExpiry> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await EraseAsync(stoppingToken);
                await Task.Delay(Pause, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The worker stops; the next one begins with it.
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
            // The database is away, or has no tables yet. The worker says so elsewhere; the next minute tries again.
        }
    }

    [LoggerMessage(EventId = 130, Level = LogLevel.Information,
        Message = "Erased {Passwords} sealed passwords that nobody had fetched in time")]
    private partial void LogErased(int passwords);
}
