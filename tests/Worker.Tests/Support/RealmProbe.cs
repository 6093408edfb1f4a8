using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Worker.Steps;
using Worker.Systems.Keycloak;
using Worker.Systems.Keycloak.Login;

namespace Worker.Tests.Support;

/// <summary>A tenant's realm as its users see it: logins by authorization code, and calls with the token.</summary>
public sealed class RealmProbe(ProvisioningFixture fixture, TestTenant tenant)
{
    public const string Password = "correct-horse-battery-9";

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    public TestTenant Tenant => tenant;

    public string Realm => tenant.Resources.Realm;

    /// <summary>The issuer of the realm's tokens.</summary>
    public string Issuer => $"{fixture.Services.GetRequiredService<KeycloakOptions>().Url}/realms/{Realm}";

    /// <summary>The application's address, to which the welcome mail links.</summary>
    public Uri Application => new($"https://{tenant.Key}.app.example.com");

    /// <summary>The address at which the application starts a login.</summary>
    public Uri AuthorizationUri => new($"{Issuer}/protocol/openid-connect/auth?response_type=code&scope=openid"
        + $"&client_id={tenant.Resources.Client}&redirect_uri={Uri.EscapeDataString(Application.OriginalString)}"
        + $"&code_challenge={new string('c', 43)}&code_challenge_method=S256");

    private KeycloakAdmin Keycloak => fixture.Systems.Keycloak;

    /// <summary>Makes realm and admin user by their steps, and sets the admin user's password.</summary>
    public static async Task<RealmProbe> CreateAsync(ProvisioningFixture fixture, TestTenant? tenant = null)
    {
        tenant ??= await fixture.GivenTenantAsync();
        await fixture.SetStateAsync(tenant, attempt: 1, "PROVISIONING");
        await new StepRun<CreateIdp>(fixture, tenant.Attempt(1)).ExecuteAsync();
        await new StepRun<CreateAdminUser>(fixture, tenant.Attempt(1)).ExecuteAsync();
        var probe = new RealmProbe(fixture, tenant);
        var admin = await fixture.Systems.FindAdminUserAsync(tenant);
        Assert.Null(await probe.Keycloak.SetPasswordAsync(
            probe.Realm, admin!.Id!, Password, temporary: false, CancellationToken));
        return probe;
    }

    public async Task<ClientRepresentation> FindClientAsync() =>
        (await Keycloak.FindClientAsync(Realm, tenant.Resources.Client, CancellationToken))!;

    /// <returns>The reason of a refusal; null when the password was set.</returns>
    public async Task<string?> SetPasswordAsync(string password)
    {
        var admin = await fixture.Systems.FindAdminUserAsync(tenant);
        return await Keycloak.SetPasswordAsync(Realm, admin!.Id!, password, temporary: false, CancellationToken);
    }

    /// <summary>Adds a user with a password, as the realm's administrator does: without attributes.</summary>
    public async Task AddEmployeeAsync(string email)
    {
        string id = await AddUserAsync(email, "Erin", "Employee");
        Assert.Null(await Keycloak.SetPasswordAsync(Realm, id, Password, temporary: false, CancellationToken));
    }

    /// <returns>The user's id.</returns>
    public async Task<string> AddUserAsync(string email, string firstName, string lastName)
    {
        Assert.True(await Keycloak.CreateUserAsync(
            Realm, NewUser(email, firstName, lastName), CancellationToken));
        return (await Keycloak.FindUserAsync(Realm, email, CancellationToken))!.Id!;
    }

    /// <summary>Adds a user as the step adds the admin user: by an import, which skips the user profile.</summary>
    public Task ImportUserAsync(string email, string firstName, string lastName) => Keycloak.ImportUserAsync(
        Realm,
        NewUser(email, firstName, lastName) with
        {
            Credentials = [new CredentialRepresentation { Value = Password, Temporary = false }],
        },
        CancellationToken);

    /// <summary>Logs a user in at the application, by default at the address to which the welcome mail links.</summary>
    public async Task<JsonWebToken> LogInAsync(
        string email, string? redirectUri = null, string password = Password) => new(
        await LogInAsync(tenant.Resources.Client, redirectUri ?? Application.OriginalString, email, password));

    /// <summary>Logs a user in at the realm's admin console.</summary>
    public Task<string> LogInToConsoleAsync(string email) => LogInAsync(
        "security-admin-console", new Uri(new Uri(Issuer), $"/admin/{Realm}/console/").AbsoluteUri, email, Password);

    /// <summary>Changes the realm's display name, as an administrator of the realm may.</summary>
    public async Task<HttpStatusCode> ChangeRealmAsync(string accessToken)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Put, new Uri(fixture.Sandbox.Keycloak!, $"/admin/realms/{Realm}"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
        request.Content = new StringContent("""{"displayName":"Mine"}""", Encoding.UTF8, "application/json");
        using var http = new HttpClient();
        using var response = await http.SendAsync(request, CancellationToken);
        return response.StatusCode;
    }

    private async Task<string> LogInAsync(string client, string redirectUri, string email, string password)
    {
        using var http = LoginHttp.Create();
        var login = new AuthorizationCodeLogin(http, Issuer, client, new Uri(redirectUri));
        return await login.LoginAsync(email, password, createNewPassword: null, CancellationToken);
    }

    private static UserRepresentation NewUser(string email, string firstName, string lastName) => new()
    {
        Username = email,
        Email = email,
        FirstName = firstName,
        LastName = lastName,
        Enabled = true,
        EmailVerified = true,
    };
}
