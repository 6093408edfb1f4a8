using ControlPlane.Provisioning;
using ControlPlane.Tenants;

namespace Worker.Tests.Support;

/// <summary>A tenant that a test works with.</summary>
public sealed record TestTenant(Guid Id, Guid LeadId, string Key, string Email, TenantResources Resources)
{
    public Guid RealmId(int attempt) => TenantResources.RealmId(ProvisioningWorld.Installation, Id, attempt);

    public ProvisionTenantInput Attempt(int attempt) => new(Id, attempt);

    public string SubscriberId => Worker.Systems.Novu.NovuMail.SubscriberId(Id, Email);
}
