using ControlPlane;
using ControlPlane.Provisioning;
using ControlPlane.Tenants;
using Worker.Hosting;
using Worker.Systems;

namespace Worker.Saga;

/// <summary>A tenant with the mark of one attempt, and the resource names that are derived from its key.</summary>
public sealed record ProvisionedTenant(Tenant Tenant, OwnershipMark Mark, TenantResources Resources)
{
    /// <summary>The primary contact, who becomes the admin user.</summary>
    public TenantContact Admin => Tenant.Contacts.First(contact => contact.IsPrimary);

    /// <summary>The id of an attempt's realm, which encodes its mark.</summary>
    public Guid RealmId(int attempt) => TenantResources.RealmId(Mark.Installation, Mark.Tenant, attempt);

    /// <summary>The attempt that a mark of this tenant names; null for a foreign or missing mark.</summary>
    public int? AttemptOf(OwnershipMark? mark) =>
        mark is not null && mark.Installation == Mark.Installation && mark.Tenant == Mark.Tenant ? mark.Attempt : null;

    /// <summary>Describes the owner that a mark names.</summary>
    public string Describe(OwnershipMark? mark) => mark switch
    {
        null => "It carries no mark.",
        _ when mark.Installation != Mark.Installation => $"Its mark names installation {mark.Installation:D}.",
        _ when mark.Tenant != Mark.Tenant => $"Its mark names tenant {mark.Tenant:D}.",
        _ => $"marked as attempt {mark.Attempt}'s",
    };
}

/// <summary>Loads tenants for steps, readings and commands.</summary>
public sealed class ProvisionedTenants(TenantRepository tenants, WorkerOptions options, TenantKeyOptions keys)
{
    /// <summary>Loads a tenant with the mark of an attempt.</summary>
    /// <exception cref="ControlPlaneException">The tenant does not exist.</exception>
    public async Task<ProvisionedTenant> LoadAsync(ProvisionTenantInput input, CancellationToken cancellationToken) =>
        WithMark(await FindAsync(input.TenantId, cancellationToken), input.Attempt);

    /// <summary>Loads a tenant with the mark of its current attempt.</summary>
    /// <exception cref="ControlPlaneException">The tenant does not exist.</exception>
    public async Task<ProvisionedTenant> LoadCurrentAsync(Guid tenantId, CancellationToken cancellationToken)
    {
        var tenant = await FindAsync(tenantId, cancellationToken);
        return WithMark(tenant, tenant.Attempt);
    }

    private async Task<Tenant> FindAsync(Guid tenantId, CancellationToken cancellationToken) =>
        await tenants.FindAsync(tenantId, cancellationToken)
            ?? throw new ControlPlaneException(ErrorCode.NotFound, $"There is no tenant {tenantId:D}.");

    private ProvisionedTenant WithMark(Tenant tenant, int attempt) =>
        new(tenant, new OwnershipMark(options.InstallationId, tenant.Id, attempt),
            TenantResources.For(tenant.Key, keys.BucketPrefix));
}
