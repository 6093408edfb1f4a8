using ControlPlane.Persistence;
using Npgsql;

namespace ControlPlane.Provisioning;

/// <summary>Something of a rolled-back attempt that still exists, or that could not be looked for.</summary>
public sealed record Residue(string Type, string Name, string Reason);

/// <summary>The rows of <c>residue</c>: what the systems said when they were last read again.</summary>
public sealed class ResidueRecords(NpgsqlDataSource database, TimeProvider time)
{
    /// <summary>
    /// What was found takes the place of what was found earlier of these types. Where nothing was, the records say so
    /// too, whatever became of the undo that was to write it (given up although its thing went with another one,
    /// overtaken by the step's own row that came late).
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

            return await ReadNowAsync(connection, tenantId, attempt, cancellationToken);
        }, cancellationToken);

    /// <summary>
    /// For a system that could not be read: everything of these types that was ever planned counts as still there.
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

    private Task<int> ReadNowAsync(
        NpgsqlConnection connection, Guid tenantId, int attempt, CancellationToken cancellationToken) =>
        connection.Command(
            "UPDATE provisioning_attempts SET residue_read_at = $3 WHERE tenant_id = $1 AND attempt = $2",
            tenantId, attempt, time.GetUtcNow()).ExecuteAsync(cancellationToken);
}
