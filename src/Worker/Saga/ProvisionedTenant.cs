using ControlPlane;
using ControlPlane.Provisioning;
using ControlPlane.Tenants;
using Worker.Hosting;
using Worker.Systems;

namespace Worker.Saga;

/// <summary>A tenant as its steps need it: everything derived, nothing carried from one step to the next.</summary>
public sealed record ProvisionedTenant(Tenant Tenant, OwnershipMark Mark)
{
    public TenantResources Resources { get; } = TenantResources.For(Tenant.Key);

    public TenantContact Admin => Tenant.Contacts.First(contact => contact.IsPrimary);

    /// <summary>Only these take effect; the others are not proven to be the tenant's.</summary>
    public IReadOnlyList<string> ProvenDomains =>
        [.. Tenant.Domains.Where(domain => domain.State == DomainState.Proven).Select(domain => domain.Name.Value)];

    /// <summary>The mark on the realm of this attempt, or of another one.</summary>
    public Guid RealmId(int attempt) => TenantResources.RealmId(Mark.Installation, Mark.Tenant, attempt);
}

public sealed class ProvisionedTenants(TenantRepository tenants, WorkerOptions options)
{
    /// <exception cref="ControlPlaneException">There is no such tenant.</exception>
    public async Task<ProvisionedTenant> LoadAsync(ProvisionTenantInput input, CancellationToken cancellationToken) =>
        Marked(await FindAsync(input.TenantId, cancellationToken), input.Attempt);

    /// <summary>As its current attempt made it.</summary>
    /// <exception cref="ControlPlaneException">There is no such tenant.</exception>
    public async Task<ProvisionedTenant> LoadCurrentAsync(Guid tenantId, CancellationToken cancellationToken)
    {
        var tenant = await FindAsync(tenantId, cancellationToken);
        return Marked(tenant, tenant.Attempt);
    }

    private async Task<Tenant> FindAsync(Guid tenantId, CancellationToken cancellationToken) =>
        await tenants.FindAsync(tenantId, cancellationToken)
            ?? throw new ControlPlaneException(ErrorCode.NotFound, $"There is no tenant {tenantId:D}.");

    private ProvisionedTenant Marked(Tenant tenant, int attempt) =>
        new(tenant, new OwnershipMark(options.InstallationId, tenant.Id, attempt));
}
