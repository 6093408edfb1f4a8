using ControlPlane;
using ControlPlane.Persistence;
using Npgsql;

namespace Worker.Sweeps;

/// <summary>
/// The rows of <c>sweep_deletions</c>: the deletions of the sweep that are in flight. An unanswered request could still
/// delete the object of a new attempt with the same name. So the sweep records each deletion first, and the steps of an
/// attempt check the record.
/// </summary>
/// <param name="settleDelay">The time in which an unanswered request can still take effect.</param>
public sealed class SweepDeletions(NpgsqlDataSource database, TimeProvider time, TimeSpan settleDelay)
{
    /// <summary>Creates the id of a deletion.</summary>
    public Guid NewId() => Guid.CreateVersion7(time.GetUtcNow());

    /// <summary>Records a deletion, before each of its requests that changes something.</summary>
    public Task BeginAsync(Guid id, string type, string name, CancellationToken cancellationToken) =>
        database.Command(
            """
            INSERT INTO sweep_deletions (id, type, name, begun_at) VALUES ($1, $2, $3, $4)
            ON CONFLICT (id) DO UPDATE SET begun_at = excluded.begun_at
            """,
            id, type, name, time.GetUtcNow()).ExecuteAsync(cancellationToken);

    /// <summary>Removes a deletion whose requests were all answered.</summary>
    public Task EndAsync(Guid id, CancellationToken cancellationToken) =>
        database.Command("DELETE FROM sweep_deletions WHERE id = $1", id).ExecuteAsync(cancellationToken);

    /// <summary>Throws when the sweep may still be deleting the object.</summary>
    /// <exception cref="ControlPlaneException"><c>unavailable</c>: a request may still take effect.</exception>
    public async Task RequireNoneInFlightAsync(string type, string name, CancellationToken cancellationToken)
    {
        var begun = await database.Command(
            "SELECT begun_at FROM sweep_deletions WHERE type = $1 AND name = $2 AND begun_at > $3",
            type, name, time.GetUtcNow() - settleDelay).ReadAllAsync(row => row.Time("begun_at"), cancellationToken);
        if (begun.Count > 0)
        {
            throw new ControlPlaneException(ErrorCode.Unavailable,
                $"The sweep is deleting {type} {name} and has no answer yet: its request may still take effect.");
        }
    }
}
