using System.Net;
using Worker.Tests.Support;

namespace Worker.Tests.Steps;

/// <summary>The realm that the steps make, as the tenant's administrator and employees see it.</summary>
public sealed class TenantRealmTests(ProvisioningFixture fixture) : IClassFixture<ProvisioningFixture>
{
    [Fact]
    public async Task The_admins_token_at_the_application_carries_no_roles_of_the_realm_and_names_the_application()
    {
        var realm = await RealmProbe.CreateAsync(fixture);

        var token = await realm.LogInAsync(realm.Tenant.Email);

        Assert.Equal([realm.Tenant.Resources.Client], token.Audiences);
        Assert.DoesNotContain(token.Claims, claim => claim.Type is "realm_access" or "resource_access");
        Assert.Equal("admin", token.GetPayloadValue<string>("role"));
        Assert.Equal(HttpStatusCode.Forbidden, await realm.ChangeRealmAsync(token.EncodedToken));
    }

    [Fact]
    public async Task The_admin_still_administers_the_realm_at_its_console()
    {
        var realm = await RealmProbe.CreateAsync(fixture);

        string token = await realm.LogInToConsoleAsync(realm.Tenant.Email);

        Assert.Equal(HttpStatusCode.NoContent, await realm.ChangeRealmAsync(token));
    }

    [Fact]
    public async Task An_employee_without_attributes_has_the_tenants_id_and_no_role()
    {
        var realm = await RealmProbe.CreateAsync(fixture);
        string employee = $"erin@{realm.Tenant.Key}.com";
        await realm.AddEmployeeAsync(employee);

        var token = await realm.LogInAsync(employee);

        Assert.Equal(realm.Tenant.Id.ToString(), token.GetPayloadValue<string>("tenantId"));
        Assert.False(token.TryGetPayloadValue("role", out string? _));
    }

    [Fact]
    public async Task The_admin_user_keeps_tenant_and_role_as_attributes()
    {
        var realm = await RealmProbe.CreateAsync(fixture);

        var admin = await fixture.Systems.FindAdminUserAsync(realm.Tenant);

        Assert.Equal([realm.Tenant.Id.ToString()], admin!.Attributes!["tenantId"]);
        Assert.Equal(["admin"], admin.Attributes["role"]);
    }

    [Theory]
    [InlineData("https://{key}.app.example.com")]
    [InlineData("https://{key}.app.example.com/callback?from=mail")]
    [InlineData("https://{key}.com/callback")]
    public async Task The_application_logs_in_at_the_mails_address_and_at_the_own_domain(string address)
    {
        var realm = await RealmProbe.CreateAsync(fixture);

        var token = await realm.LogInAsync(
            realm.Tenant.Email, address.Replace("{key}", realm.Tenant.Key, StringComparison.Ordinal));

        Assert.Equal(realm.Issuer, token.Issuer);
    }
}
