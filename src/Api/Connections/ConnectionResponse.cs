using ControlPlane.Connections;
using ControlPlane.Tenants;

namespace Api.Connections;

/// <param name="Schema">The version of the document: 1. Fields may be added without a new version.</param>
/// <param name="TenantId">The tenant's id.</param>
/// <param name="Key">The tenant's short name: the identifier for a tenant store.</param>
/// <param name="Tier">silo, pooled or bridge.</param>
/// <param name="Attempt">The attempt that made the objects.</param>
/// <param name="Url">The address of the tenant's application; null if the functions do not know it.</param>
/// <param name="Domains">The proven domains, as lower-case host names.</param>
/// <param name="Identity">The tenant's realm; null: none was made.</param>
/// <param name="Database">The tenant's schema; null: not recorded.</param>
/// <param name="Storage">The tenant's bucket; null: none was made.</param>
/// <param name="UpdatedAt">The time of the last change: a reader that has it need not read the secrets again.</param>
public sealed record ConnectionResponse(
    int Schema,
    Guid TenantId,
    string Key,
    string Name,
    string Tier,
    int Attempt,
    string? Url,
    string[] Domains,
    IdentityConnection? Identity,
    DatabaseConnection? Database,
    StorageConnection? Storage,
    DateTimeOffset UpdatedAt)
{
    public static ConnectionResponse From(TenantConnection connection, ApplicationAddress application)
    {
        var tenant = connection.Tenant;
        return new ConnectionResponse(
            TenantConnection.Schema,
            tenant.Id,
            tenant.Key.Value,
            tenant.Name,
            tenant.Plan!.Tier.ToText(),
            tenant.Attempt,
            application.For(tenant.Key),
            tenant.Domains.Where(domain => domain.State == DomainState.Proven)
                .Select(domain => domain.Name.Value).ToArray(),
            connection.Identity,
            connection.Database,
            connection.Storage,
            connection.UpdatedAt);
    }
}
