using ControlPlane;
using ControlPlane.Provisioning;
using ControlPlane.Tenants;
using Worker.Hosting;
using Worker.Systems;

namespace Worker.Saga;

/// <summary>A tenant as its steps need it. Names and marks are derived, never carried between steps.</summary>
public sealed record ProvisionedTenant(Tenant Tenant, OwnershipMark Mark)
{
    public TenantResources Resources { get; } = TenantResources.For(Tenant.Key);

    public TenantContact Admin => Tenant.Contacts.First(contact => contact.IsPrimary);

    /// <summary>The domains that are proven to be the tenant's; only these take effect.</summary>
    public IReadOnlyList<string> ProvenDomains =>
        [.. Tenant.Domains.Where(domain => domain.State == DomainState.Proven).Select(domain => domain.Name.Value)];

    /// <summary>The id, and so the mark, of the realm of an attempt.</summary>
    public Guid RealmId(int attempt) => TenantResources.RealmId(Mark.Installation, Mark.Tenant, attempt);

    /// <summary>The attempt of this tenant that a mark names; null for a foreign mark or none.</summary>
    public int? AttemptOf(OwnershipMark? mark) =>
        mark is not null && mark.Installation == Mark.Installation && mark.Tenant == Mark.Tenant ? mark.Attempt : null;

    /// <summary>The owner that a mark names, in words.</summary>
    public string Describe(OwnershipMark? mark) => mark switch
    {
        null => "It carries no mark.",
        _ when mark.Installation != Mark.Installation => $"It is marked as installation {mark.Installation:D}'s.",
        _ when mark.Tenant != Mark.Tenant => $"It is marked as tenant {mark.Tenant:D}'s.",
        _ => $"marked as attempt {mark.Attempt}'s",
    };
}

public sealed class ProvisionedTenants(TenantRepository tenants, WorkerOptions options)
{
    /// <summary>Loads a tenant with the mark of an attempt.</summary>
    /// <exception cref="ControlPlaneException">There is no such tenant.</exception>
    public async Task<ProvisionedTenant> LoadAsync(ProvisionTenantInput input, CancellationToken cancellationToken) =>
        Marked(await FindAsync(input.TenantId, cancellationToken), input.Attempt);

    /// <summary>Loads a tenant with the mark of its current attempt.</summary>
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
