using ControlPlane.Persistence;
using Npgsql;

namespace ControlPlane.Tenants;

/// <summary>The resource record of an object in an outside system.</summary>
/// <param name="State">PLANNED before its step, CREATED after it, DELETED after its undo.</param>
/// <param name="Attempt">The attempt that made the object.</param>
public sealed record TenantResource(
    string Type, string Name, string State, int Attempt, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

/// <summary>Lists the resource records of a tenant in the order of creation.</summary>
public sealed class ListResources(GetTenant tenants, NpgsqlDataSource database)
{
    /// <exception cref="ControlPlaneException">The tenant does not exist.</exception>
    public async Task<IReadOnlyList<TenantResource>> ExecuteAsync(Guid tenantId, CancellationToken cancellationToken)
    {
        await tenants.ExecuteAsync(tenantId, cancellationToken);
        return await database.Command(
            "SELECT * FROM resources WHERE tenant_id = $1 ORDER BY created_at, type, name", tenantId)
            .ReadAllAsync(Read, cancellationToken);
    }

    private static TenantResource Read(NpgsqlDataReader row) => new(
        row.Text("type"), row.Text("name"), row.Text("state"), row.Number("attempt"), row.Time("created_at"),
        row.Time("updated_at"));
}
