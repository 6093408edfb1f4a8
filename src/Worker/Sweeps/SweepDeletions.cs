using ControlPlane;
using ControlPlane.Persistence;
using Npgsql;

namespace Worker.Sweeps;

/// <summary>
/// The rows of <c>sweep_deletions</c>: a call of the sweep that was sent and not answered can land on what a new
/// attempt has made under the same name. So the sweep says first what it is about to delete, and the attempt asks.
/// </summary>
/// <param name="settle">How long a request that was sent can still take effect.</param>
public sealed class SweepDeletions(NpgsqlDataSource database, TimeProvider time, TimeSpan settle)
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(1);

    public Guid NewId() => Guid.CreateVersion7(time.GetUtcNow());

    /// <summary>Before each call of a deletion that changes something.</summary>
    public Task BeginAsync(Guid id, string type, string name, CancellationToken cancellationToken) =>
        database.Command(
            """
            INSERT INTO sweep_deletions (id, type, name, begun_at) VALUES ($1, $2, $3, $4)
            ON CONFLICT (id) DO UPDATE SET begun_at = excluded.begun_at
            """,
            id, type, name, time.GetUtcNow()).ExecuteAsync(cancellationToken);

    /// <summary>Every call of it was answered.</summary>
    public Task EndAsync(Guid id, CancellationToken cancellationToken) =>
        database.Command("DELETE FROM sweep_deletions WHERE id = $1", id).ExecuteAsync(cancellationToken);

    /// <summary>Those of a type that nobody asks about any more.</summary>
    public Task ForgetOldAsync(string type, CancellationToken cancellationToken) =>
        database.Command(
            "DELETE FROM sweep_deletions WHERE type = $1 AND begun_at < $2", type, time.GetUtcNow() - Kept)
            .ExecuteAsync(cancellationToken);

    /// <exception cref="ControlPlaneException"><c>unavailable</c>: what the sweep sent may still land.</exception>
    public async Task RequireSettledAsync(string type, string name, CancellationToken cancellationToken)
    {
        var begun = await database.Command(
            "SELECT begun_at FROM sweep_deletions WHERE type = $1 AND name = $2 AND begun_at > $3",
            type, name, time.GetUtcNow() - settle).ReadAllAsync(row => row.Time("begun_at"), cancellationToken);
        if (begun.Count > 0)
        {
            throw new ControlPlaneException(ErrorCode.Unavailable,
                $"The sweep has been deleting {type} {name} and was not answered: what it sent may still land.");
        }
    }
}
