using ControlPlane.Persistence;
using Npgsql;

namespace ControlPlane.Readings;

/// <summary>
/// The rows of what the systems said when an operator last asked; the worker writes, the functions read.
/// </summary>
public sealed class SystemReadings(NpgsqlDataSource database, TimeProvider time)
{
    /// <summary>Names stand in it that are contact data: it is a message, not an archive.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(1);

    /// <summary>Nothing is known of this tenant; what was asked about others a day ago goes as well.</summary>
    public Task ForgetAsync(Guid tenantId, CancellationToken cancellationToken) =>
        database.Command(
            "DELETE FROM system_readings WHERE tenant_id = $1 OR read_at < $2",
            tenantId, time.GetUtcNow() - Lifetime).ExecuteAsync(cancellationToken);

    public Task SaveAsync(
        Guid tenantId, string system, string state, string? problem, IReadOnlyList<Finding> found,
        CancellationToken cancellationToken) =>
        database.InTransactionAsync(async connection =>
        {
            await connection.Command(
                "DELETE FROM system_readings WHERE tenant_id = $1 AND system = $2", tenantId, system)
                .ExecuteAsync(cancellationToken);
            await connection.Command(
                """
                INSERT INTO system_readings (tenant_id, system, state, problem, read_at) VALUES ($1, $2, $3, $4, $5)
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

    /// <summary>Of every system, in their order; one that has not answered counts as unreadable.</summary>
    public async Task<IReadOnlyList<SystemReading>> ListAsync(Guid tenantId, CancellationToken cancellationToken)
    {
        var found = (await database.Command(
            "SELECT * FROM system_findings WHERE tenant_id = $1 ORDER BY type, name, attempt", tenantId).ReadAllAsync(
                row => (System: row.Text("system"), Finding: new Finding(
                    row.Text("type"), row.Text("name"), row["attempt"] as int?, row.Text("detail"))),
                cancellationToken)).ToLookup(row => row.System, row => row.Finding);
        var read = (await database.Command("SELECT * FROM system_readings WHERE tenant_id = $1", tenantId).ReadAllAsync(
            row => new SystemReading(
                row.Text("system"), row.Text("state"), row.FindText("problem"), row.Time("read_at"),
                [.. found[row.Text("system")]]),
            cancellationToken)).ToDictionary(reading => reading.System);
        return
        [
            .. TenantSystems.All.Select(system => read.GetValueOrDefault(system)
                ?? new SystemReading(system, SystemReading.Unreadable, "It did not answer in time.", null, [])),
            .. TenantSystems.NotBuilt.Select(system =>
                new SystemReading(system, SystemReading.NotBuilt, null, null, [])),
        ];
    }
}
