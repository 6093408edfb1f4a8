using ControlPlane.Persistence;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Worker.Hosting;

/// <summary>
/// Lets one worker process of an installation serve a queue at a time. The lease is a session-level advisory lock in
/// the control database: it is free at once when the worker dies, and after about a minute when its host is lost. After
/// a lost connection two leases may overlap for a moment. That is harmless: the lease only limits the load on an
/// outside system.
/// </summary>
public sealed partial class LeaderLease(NpgsqlDataSource database, TimeProvider time, ILogger<LeaderLease> logger)
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(2);

    /// <summary>Waits for the lease and runs the work. Waits again when the lease is lost before its end.</summary>
    /// <param name="name">The name of the lease.</param>
    /// <param name="work">The work; its token is cancelled when the lease is lost.</param>
    /// <param name="cancellationToken">Ends the wait and the work.</param>
    public async Task RunAsync(string name, Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        bool isWaiting = false;
        while (true)
        {
            try
            {
                await using var connection = await database.OpenConnectionAsync(cancellationToken);
                if (await TryLockAsync(connection, name, cancellationToken))
                {
                    await EnableKeepAlivesAsync(connection, cancellationToken);
                    LogAcquired(name);
                    await WorkAsync(connection, name, work, cancellationToken);
                    return;
                }

                if (!isWaiting)
                {
                    LogWaiting(name);
                    isWaiting = true;
                }
            }
            catch (NpgsqlException)
            {
                LogLost(name);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                LogLost(name);
            }

            await Task.Delay(RetryInterval, time, cancellationToken);
        }
    }

    private static async Task WorkAsync(
        NpgsqlConnection connection, string name, Func<CancellationToken, Task> work,
        CancellationToken cancellationToken)
    {
        using var lease = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var watching = WatchAsync(connection, lease);
        try
        {
            await work(lease.Token);
        }
        finally
        {
            await lease.CancelAsync();
            await watching;
            // The pool keeps the session open, and thus the lock, unless it is released here.
            if (connection.State == System.Data.ConnectionState.Open)
            {
                await connection.Command("SELECT pg_advisory_unlock(hashtextextended($1, 0))", name)
                    .ExecuteAsync(CancellationToken.None);
            }
        }
    }

    // No notification is ever sent: the wait ends with the lease, or when the session, and thus the lease, is lost.
    private static async Task WatchAsync(NpgsqlConnection session, CancellationTokenSource lease)
    {
        try
        {
            while (true)
            {
                await session.WaitAsync(lease.Token);
            }
        }
        catch (OperationCanceledException) when (lease.IsCancellationRequested)
        {
        }
        catch (NpgsqlException)
        {
            await lease.CancelAsync();
        }
    }

    // Polls, because a statement that waits for the lock would hold a snapshot, and thus hold back vacuum, for weeks.
    private static async Task<bool> TryLockAsync(
        NpgsqlConnection connection, string name, CancellationToken cancellationToken)
    {
        await using var command = connection.Command("SELECT pg_try_advisory_lock(hashtextextended($1, 0))", name);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    // Without TCP keepalives PostgreSQL notices a lost host only after hours. The pool resets these settings.
    private static Task<int> EnableKeepAlivesAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        connection.Command(
            """
            SELECT set_config('tcp_keepalives_idle', '30', false), set_config('tcp_keepalives_interval', '10', false),
                   set_config('tcp_keepalives_count', '3', false)
            """).ExecuteAsync(cancellationToken);

    [LoggerMessage(EventId = 120, Level = LogLevel.Information, Message = "This worker serves {Queue}")]
    private partial void LogAcquired(string queue);

    [LoggerMessage(EventId = 121, Level = LogLevel.Information, Message =
        "Another worker serves {Queue}; this one takes over when it ends")]
    private partial void LogWaiting(string queue);

    [LoggerMessage(EventId = 122, Level = LogLevel.Warning, Message =
        "The control database is gone, and with it the turn to serve {Queue}")]
    private partial void LogLost(string queue);
}
