using ControlPlane.Persistence;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Worker.Hosting;

/// <summary>
/// What one worker process of an installation does at a time. The turn is an advisory lock of a session with the
/// control database, so that a worker that dies hands over at once, and one whose host is lost in about a minute. For a
/// moment after a lost connection two may overlap: a turn spares an outside system, nothing is wrong without it.
/// </summary>
public sealed partial class LeaderLease(NpgsqlDataSource database, TimeProvider time, ILogger<LeaderLease> logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    /// <summary>Works whenever this process has the turn, until the work ends by itself or is stopped.</summary>
    public async Task RunAsync(string name, Func<CancellationToken, Task> work, CancellationToken stop)
    {
        bool isWaiting = false;
        while (true)
        {
            try
            {
                await using var connection = await database.OpenConnectionAsync(stop);
                if (await TryLockAsync(connection, name, stop))
                {
                    await AskForLifeAsync(connection, stop);
                    LogTurn(name);
                    await WorkAsync(connection, name, work, stop);
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
            catch (OperationCanceledException) when (!stop.IsCancellationRequested)
            {
                LogLost(name);
            }

            await Task.Delay(Pause, time, stop);
        }
    }

    private static async Task WorkAsync(
        NpgsqlConnection connection, string name, Func<CancellationToken, Task> work, CancellationToken stop)
    {
        using var turn = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var watching = WatchAsync(connection, turn);
        try
        {
            await work(turn.Token);
        }
        finally
        {
            await turn.CancelAsync();
            await watching;
            // Back in the pool the session would live on, and the lock with it.
            if (connection.State == System.Data.ConnectionState.Open)
            {
                await connection.Command("SELECT pg_advisory_unlock(hashtextextended($1, 0))", name)
                    .ExecuteAsync(CancellationToken.None);
            }
        }
    }

    // Nobody notifies: waiting ends when the turn does, or when the session is gone and the turn with it.
    private static async Task WatchAsync(NpgsqlConnection session, CancellationTokenSource turn)
    {
        try
        {
            while (true)
            {
                await session.WaitAsync(turn.Token);
            }
        }
        catch (OperationCanceledException) when (turn.IsCancellationRequested)
        {
        }
        catch (NpgsqlException)
        {
            await turn.CancelAsync();
        }
    }

    // Asked for again and again: a statement that waits for a lock would hold a snapshot, and so vacuum back, for
    // weeks.
    private static async Task<bool> TryLockAsync(
        NpgsqlConnection connection, string name, CancellationToken cancellationToken)
    {
        await using var command = connection.Command("SELECT pg_try_advisory_lock(hashtextextended($1, 0))", name);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    // A host that is gone says nothing, and PostgreSQL's own patience is hours. In the pool the session forgets this.
    private static Task<int> AskForLifeAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        connection.Command(
            """
            SELECT set_config('tcp_keepalives_idle', '30', false), set_config('tcp_keepalives_interval', '10', false),
                   set_config('tcp_keepalives_count', '3', false)
            """).ExecuteAsync(cancellationToken);

    [LoggerMessage(EventId = 120, Level = LogLevel.Information, Message = "This worker serves {Queue}")]
    private partial void LogTurn(string queue);

    [LoggerMessage(EventId = 121, Level = LogLevel.Information, Message =
        "Another worker serves {Queue}; this one takes over when it ends")]
    private partial void LogWaiting(string queue);

    [LoggerMessage(EventId = 122, Level = LogLevel.Warning, Message =
        "The control database is gone, and with it the turn to serve {Queue}")]
    private partial void LogLost(string queue);
}
