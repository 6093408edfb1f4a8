using ControlPlane.Provisioning;
using ControlPlane.Readings;
using Worker.Readings;
using Worker.Saga;

namespace Worker.Systems.Postgres;

/// <summary>Schema and role, by the mark in the comment on the role, which no tenant can change.</summary>
public sealed class TenantInPostgres(TenantSchemas schemas) : ITenantInSystem
{
    public string System => TenantSystems.Postgres;

    public async Task<IReadOnlyList<Finding>> FindAsync(ProvisionedTenant tenant, CancellationToken cancellationToken)
    {
        string name = tenant.Resources.Schema;
        var (schema, role, mark) = await schemas.ReadAsync(name, cancellationToken);
        var found = new List<Finding>();
        if (schema)
        {
            found.Add(Of(ResourceTypes.DatabaseSchema));
        }

        if (role)
        {
            found.Add(Of("database_role"));
        }

        return found;

        Finding Of(string type) => new(type, name, tenant.AttemptOf(mark), tenant.Describe(mark));
    }
}
