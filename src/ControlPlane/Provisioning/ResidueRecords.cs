using ControlPlane.Persistence;
using Npgsql;

namespace ControlPlane.Provisioning;

/// <summary>An object of a rolled-back attempt that still exists, or that may exist in an unreadable system.</summary>
public sealed record Residue(string Type, string Name, string Reason);

/// <summary>The rows of <c>residue</c>: the result of the rollback's last reading of every system.</summary>
public sealed class ResidueRecords(NpgsqlDataSource database, TimeProvider time)
{
    /// <summary>
    /// Replaces the residue of these types. When nothing was found, the resource records become DELETED as well. The
    /// undo may not have written that: it was given up although its object went with another one, or the step wrote its
    /// CREATED record after the undo.
    /// </summary>
    public Task ReplaceAsync(
        Guid tenantId, int attempt, IReadOnlyCollection<string> types, IReadOnlyList<Residue> found,
        CancellationToken cancellationToken) =>
        database.InTransactionAsync(async connection =>
        {
            await DeleteAsync(connection, tenantId, attempt, types, cancellationToken);
            foreach (var residue in found)
            {
                await connection.Command(
                    """
                    INSERT INTO residue (tenant_id, attempt, type, name, reason, found_at)
                    VALUES ($1, $2, $3, $4, $5, $6)
                    """,
                    tenantId, attempt, residue.Type, residue.Name, residue.Reason, time.GetUtcNow())
                    .ExecuteAsync(cancellationToken);
            }

            if (found.Count == 0)
            {
                await connection.Command(
                    """
                    UPDATE resources SET state = 'DELETED', updated_at = $4
                    WHERE tenant_id = $1 AND attempt <= $2 AND type = ANY($3) AND state <> 'DELETED'
                    """,
                    tenantId, attempt, types.ToArray(), time.GetUtcNow()).ExecuteAsync(cancellationToken);
            }

            return await SaveReadTimeAsync(connection, tenantId, attempt, cancellationToken);
        }, cancellationToken);

    /// <summary>
    /// Replaces the residue of these types for a system that could not be read: every object that was ever planned
    /// counts as left.
    /// </summary>
    public Task AssumeAsync(
        Guid tenantId, int attempt, IReadOnlyCollection<string> types, string reason,
        CancellationToken cancellationToken) =>
        database.InTransactionAsync(async connection =>
        {
            await DeleteAsync(connection, tenantId, attempt, types, cancellationToken);
            return await connection.Command(
                """
                INSERT INTO residue (tenant_id, attempt, type, name, reason, found_at)
                SELECT tenant_id, $2, type, name, $4, $5 FROM resources
                WHERE tenant_id = $1 AND type = ANY($3) AND attempt <= $2
                """,
                tenantId, attempt, types.ToArray(), reason, time.GetUtcNow()).ExecuteAsync(cancellationToken);
        }, cancellationToken);

    public Task<List<Residue>> ListAsync(Guid tenantId, int attempt, CancellationToken cancellationToken) =>
        database.Command(
            "SELECT type, name, reason FROM residue WHERE tenant_id = $1 AND attempt = $2 ORDER BY type, name",
            tenantId, attempt).ReadAllAsync(
                row => new Residue(row.Text("type"), row.Text("name"), row.Text("reason")), cancellationToken);

    private static Task<int> DeleteAsync(
        NpgsqlConnection connection, Guid tenantId, int attempt, IReadOnlyCollection<string> types,
        CancellationToken cancellationToken) =>
        connection.Command(
            "DELETE FROM residue WHERE tenant_id = $1 AND attempt = $2 AND type = ANY($3)",
            tenantId, attempt, types.ToArray()).ExecuteAsync(cancellationToken);

    private Task<int> SaveReadTimeAsync(
        NpgsqlConnection connection, Guid tenantId, int attempt, CancellationToken cancellationToken) =>
        connection.Command(
            "UPDATE provisioning_attempts SET residue_read_at = $3 WHERE tenant_id = $1 AND attempt = $2",
            tenantId, attempt, time.GetUtcNow()).ExecuteAsync(cancellationToken);
}
