using ControlPlane.Leads;
using ControlPlane.Tenants;

namespace ControlPlane.Tests.Tenants;

public sealed class TenantTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly Lead Lead = Lead.Register(
        EmailAddress.Parse("admin@newcompany.com"), "John", "Doe", "New Company Inc", null, Now);

    [Fact]
    public void Only_the_domain_of_the_proven_address_is_proven()
    {
        var tenant = Create("newcompany.com", "other.com");

        Assert.Equal([DomainState.Proven, DomainState.Unproven], tenant.Domains.Select(domain => domain.State));
    }

    [Fact]
    public void A_tenant_requires_the_domain_of_the_proven_address() =>
        Assert.Equal("domains", Assert.Throws<ControlPlaneException>(() => Create("other.com")).Field);

    [Fact]
    public void The_lead_becomes_the_primary_contact_and_its_company_the_name()
    {
        var tenant = Create("newcompany.com");

        Assert.Equal([new TenantContact("admin@newcompany.com", "John", "Doe", true, "admin")], tenant.Contacts);
        Assert.Equal("New Company Inc", tenant.Name);
    }

    [Fact]
    public void A_tenant_without_an_attempt_expires_after_14_days()
    {
        Assert.Equal(TenantStatus.PendingProvision, Create("newcompany.com").AsOf(Now.AddDays(14).AddTicks(-1)).Status);
        Assert.Equal(TenantStatus.Expired, Create("newcompany.com").AsOf(Now.AddDays(14)).Status);
    }

    [Fact]
    public void A_tenant_with_an_attempt_does_not_expire()
    {
        var tenant = Create("newcompany.com");
        Assert.Equal(1, tenant.BeginAttempt(Now));

        Assert.Equal(TenantStatus.ProvisionRecorded, tenant.AsOf(Now.AddDays(100)).Status);
    }

    [Fact]
    public void An_expired_tenant_cannot_be_provisioned()
    {
        var tenant = Create("newcompany.com").AsOf(Now.AddDays(15));

        Assert.Equal(ErrorCode.WrongState,
            Assert.Throws<ControlPlaneException>(() => tenant.BeginAttempt(Now.AddDays(15))).Code);
    }

    private static Tenant Create(params string[] domains) => Tenant.Create(
        Lead, TenantKey.Parse("newcompany"), domains.Select(domain => DomainName.Parse(domain, "domains")).ToList(),
        null, Now);
}
