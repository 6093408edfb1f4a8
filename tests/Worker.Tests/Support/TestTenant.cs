using ControlPlane.Provisioning;
using ControlPlane.Tenants;
using Sandbox.Control;

namespace Worker.Tests.Support;

/// <summary>A tenant of one test.</summary>
public sealed record TestTenant(Guid Id, Guid LeadId, string Key, string Email, TenantResources Resources)
{
    public Guid RealmId(int attempt) => TenantResources.RealmId(ProvisioningFixture.Installation, Id, attempt);

    public ProvisionTenantInput Attempt(int attempt) => new(Id, attempt);

    /// <summary>Refuses the content of each call to the tenant's bucket.</summary>
    public FaultRule BucketRefusal => new()
    {
        System = "s3",
        Path = $"/{Resources.Bucket}*",
        Status = 400,
        Body = "<Error><Code>InvalidRequest</Code><Message>Invalid Request</Message></Error>",
        ContentType = "application/xml",
        Count = 0,
    };

    public string SubscriberId => Worker.Systems.Novu.NovuMail.SubscriberId(Id, Email);
}
