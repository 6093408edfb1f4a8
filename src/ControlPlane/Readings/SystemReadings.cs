using ControlPlane.Persistence;
using Npgsql;

namespace ControlPlane.Readings;

/// <summary>
/// The rows of a tenant's last reading, one for each system and one for each object. The worker writes them; the
/// functions read them and know no system by name.
/// </summary>
public sealed class SystemReadings(NpgsqlDataSource database, TimeProvider time)
{
    /// <summary>
    /// The age from which the sweep deletes a reading. Names of objects are contact data: they are kept only as long as
    /// the answer is needed.
    /// </summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(1);

    /// <summary>Replaces the last reading of a tenant by one row for each system.</summary>
    /// <param name="tenantId">The tenant.</param>
    /// <param name="systems">The rows, in the order in which answers list them.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task BeginAsync(
        Guid tenantId, IReadOnlyList<SystemReading> systems, CancellationToken cancellationToken) =>
        database.InTransactionAsync(async connection =>
        {
            var now = time.GetUtcNow();
            await connection.Command(
                "DELETE FROM system_readings WHERE tenant_id = $1", tenantId).ExecuteAsync(cancellationToken);
            return await connection.Command(
                """
                INSERT INTO system_readings (tenant_id, system, state, problem, position, read_at)
                SELECT $1, r.system, r.state, r.problem, r.position, $5
                FROM unnest($2::text[], $3::text[], $4::text[])
                    WITH ORDINALITY AS r (system, state, problem, position)
                """,
                tenantId, systems.Select(system => system.System).ToArray(),
                systems.Select(system => system.State).ToArray(),
                systems.Select(system => system.Problem).ToArray(), now).ExecuteAsync(cancellationToken);
        }, cancellationToken);

    /// <summary>Stores the answer of one system in place of its placeholder row.</summary>
    public Task SaveAsync(
        Guid tenantId, string system, string state, string? problem, IReadOnlyList<Finding> found,
        CancellationToken cancellationToken) =>
        database.InTransactionAsync(async connection =>
        {
            await connection.Command(
                "DELETE FROM system_findings WHERE tenant_id = $1 AND system = $2", tenantId, system)
                .ExecuteAsync(cancellationToken);
            await connection.Command(
                """
                INSERT INTO system_readings (tenant_id, system, state, problem, read_at, answered_at)
                VALUES ($1, $2, $3, $4, $5, $5)
                ON CONFLICT (tenant_id, system) DO UPDATE
                SET state = excluded.state, problem = excluded.problem, read_at = excluded.read_at,
                    answered_at = excluded.answered_at
                """,
                tenantId, system, state, problem, time.GetUtcNow()).ExecuteAsync(cancellationToken);
            foreach (var finding in found)
            {
                await connection.Command(
                    """
                    INSERT INTO system_findings (tenant_id, system, type, name, attempt, detail)
                    VALUES ($1, $2, $3, $4, $5, $6)
                    """,
                    tenantId, system, finding.Type, finding.Name, finding.Attempt, finding.Detail)
                    .ExecuteAsync(cancellationToken);
            }

            return found.Count;
        }, cancellationToken);

    /// <summary>Lists the last reading of a tenant: every system with its objects.</summary>
    public async Task<IReadOnlyList<SystemReading>> ListAsync(Guid tenantId, CancellationToken cancellationToken)
    {
        var found = (await database.Command(
            "SELECT * FROM system_findings WHERE tenant_id = $1 ORDER BY type, name, attempt", tenantId).ReadAllAsync(
                row => (System: row.Text("system"), Finding: new Finding(
                    row.Text("type"), row.Text("name"), row["attempt"] as int?, row.Text("detail"))),
                cancellationToken)).ToLookup(row => row.System, row => row.Finding);
        return await database.Command(
            "SELECT * FROM system_readings WHERE tenant_id = $1 ORDER BY position, system", tenantId).ReadAllAsync(
                row => new SystemReading(
                    row.Text("system"), row.Text("state"), row.FindText("problem"), row.FindTime("answered_at"),
                    [.. found[row.Text("system")]]),
                cancellationToken);
    }
}
