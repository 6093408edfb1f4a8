using System.Net;
using ControlPlane.Leads;
using Microsoft.Extensions.DependencyInjection;
using Testing;
using Worker.Systems.Keycloak;

namespace Worker.Tests.Support;

/// <summary>Set-ups that several test classes share.</summary>
public static class FixtureSetup
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    /// <summary>A lead that signed up some days ago and never verified its address.</summary>
    public static async Task<Lead> GivenLeadAsync(this ProvisioningFixture fixture, int daysAgo = 0)
    {
        var lead = Lead.Register(
            EmailAddress.Parse($"admin@{SandboxFixture.UniqueKey()}.com"), "Ada", "Lovelace", "Company", null,
            TimeProvider.System.GetUtcNow().AddDays(-daysAgo));
        await fixture.Services.GetRequiredService<LeadRepository>().AddAsync(lead, CancellationToken);
        return lead;
    }

    /// <summary>
    /// Creates the worker's own Keycloak account as `setup` does and restarts the worker with it. Disposing restarts it
    /// with the administrator.
    /// </summary>
    /// <param name="name">By default a new name: the usual one may belong to another installation.</param>
    public static async Task<Restored> UseServiceAccountAsync(
        this ProvisioningFixture fixture, string? name = null)
    {
        name ??= $"worker-{SandboxFixture.UniqueKey()}";
        var account = new WorkerAccount(fixture.Systems.Keycloak, "master", name, ProvisioningFixture.Installation);
        var (secret, _) = await account.EnsureAsync(CancellationToken);
        return await fixture.ChangeSettingsAsync(
            ("KEYCLOAK_ADMIN_CLIENT_ID", name), ("KEYCLOAK_ADMIN_CLIENT_SECRET", secret));
    }

    /// <summary>
    /// Logs the admin user in with its realm's admin-cli, a client that Keycloak creates in every realm: the
    /// application's own client accepts no passwords.
    /// </summary>
    public static async Task<HttpStatusCode> LogInAsync(
        this ProvisioningFixture fixture, TestTenant tenant, string password)
    {
        using var http = new HttpClient();
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "password",
            ["client_id"] = "admin-cli",
            ["username"] = tenant.Email,
            ["password"] = password,
        });
        using var response = await http.PostAsync(
            new Uri(fixture.Sandbox.Keycloak!, $"/realms/{tenant.Resources.Realm}/protocol/openid-connect/token"),
            form,
            CancellationToken);
        return response.StatusCode;
    }
}
