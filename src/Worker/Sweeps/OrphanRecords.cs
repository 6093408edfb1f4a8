using ControlPlane.Persistence;
using Npgsql;

namespace Worker.Sweeps;

/// <summary>Something with this installation's mark that belongs to no attempt that the database knows.</summary>
public sealed record Orphan(
    string Type, Guid TenantId, int Attempt, string Name, string Reason, DateTimeOffset FoundAt);

/// <summary>The rows of <c>orphans</c>: what the last sweep found.</summary>
public sealed class OrphanRecords(NpgsqlDataSource database)
{
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

    /// <summary>Forgets those of a type that a sweep, begun at this time, has not seen again.</summary>
    public Task ForgetUnseenAsync(string type, DateTimeOffset begun, CancellationToken cancellationToken) =>
        database.Command("DELETE FROM orphans WHERE type = $1 AND seen_at < $2", type, begun)
            .ExecuteAsync(cancellationToken);

    public Task ForgetAsync(Orphan orphan, CancellationToken cancellationToken) =>
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
