using ControlPlane.Persistence;
using Npgsql;

namespace Worker.Sweeps;

/// <summary>An object with this installation's mark whose attempt the database does not know.</summary>
public sealed record Orphan(
    string Type, Guid TenantId, int Attempt, string Name, string Reason, DateTimeOffset FoundAt);

/// <summary>The rows of <c>orphans</c>: the orphans that the last sweep found.</summary>
public sealed class OrphanRecords(NpgsqlDataSource database)
{
    /// <summary>Adds an orphan, or updates the name, reason and time of a known one.</summary>
    public Task SaveAsync(Orphan orphan, CancellationToken cancellationToken) =>
        database.Command(
            """
            INSERT INTO orphans AS o (type, tenant_id, attempt, name, reason, found_at, seen_at)
            VALUES ($1, $2, $3, $4, $5, $6, $6)
            ON CONFLICT (type, tenant_id, attempt) DO UPDATE
            SET name = excluded.name, reason = excluded.reason, seen_at = greatest(o.seen_at, excluded.seen_at)
            """,
            orphan.Type, orphan.TenantId, orphan.Attempt, orphan.Name, orphan.Reason, orphan.FoundAt)
            .ExecuteAsync(cancellationToken);

    /// <summary>
    /// Deletes the orphans of a type that were not seen since the start of a sweep. One whose attempt was recorded
    /// later stays until that attempt is over: a rollback must not delete it.
    /// </summary>
    public Task DeleteUnseenAsync(string type, DateTimeOffset startedAt, CancellationToken cancellationToken) =>
        database.Command(
            """
            DELETE FROM orphans o WHERE o.type = $1 AND o.seen_at < $2 AND NOT EXISTS (
                SELECT FROM provisioning_attempts a
                WHERE a.tenant_id = o.tenant_id AND a.attempt = o.attempt AND a.recorded_at > o.found_at
                    AND a.state NOT IN ('SUCCEEDED', 'ROLLED_BACK'))
            """,
            type, startedAt).ExecuteAsync(cancellationToken);

    public Task DeleteAsync(Orphan orphan, CancellationToken cancellationToken) =>
        database.Command(
            "DELETE FROM orphans WHERE type = $1 AND tenant_id = $2 AND attempt = $3",
            orphan.Type, orphan.TenantId, orphan.Attempt).ExecuteAsync(cancellationToken);

    public Task<List<Orphan>> ListAsync(CancellationToken cancellationToken) =>
        database.Command("SELECT * FROM orphans ORDER BY type, name, attempt").ReadAllAsync(
            row => new Orphan(
                row.Text("type"), row.Id("tenant_id"), row.Number("attempt"), row.Text("name"), row.Text("reason"),
                row.Time("found_at")),
            cancellationToken);
}
