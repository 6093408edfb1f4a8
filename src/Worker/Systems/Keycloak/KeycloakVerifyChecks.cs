using ControlPlane.Tenants;
using Microsoft.IdentityModel.JsonWebTokens;
using Worker.Commands.Verify;
using Worker.Saga;
using Worker.Steps;
using Worker.Systems.Keycloak.Login;
using Worker.Telemetry;

namespace Worker.Systems.Keycloak;

/// <summary>Verifies a tenant's realm, client and admin user, and the token of the admin user.</summary>
internal static class KeycloakVerifyChecks
{
    private const string RealmManagement = "realm-management";

    public static IReadOnlyList<VerifyCheck> For(TenantToVerify tenant) =>
    [
        new("realm", CreateIdp.Id, token => RealmAsync(tenant, token)),
        new("client", CreateIdp.Id, token => ClientAsync(tenant, token)),
        new("admin user", CreateAdminUser.Id, token => AdminUserAsync(tenant, token)),
        new("login", CreateAdminUser.Id, token => LoginAsync(tenant, token)),
    ];

    private static async Task<VerifyResult> RealmAsync(TenantToVerify tenant, CancellationToken cancellationToken)
    {
        string name = tenant.Resources.Realm;
        var realm = await tenant.Host.GetService<KeycloakAdmin>().FindRealmAsync(name, cancellationToken);
        string id = TenantResources.RealmId(
            tenant.Mark.Installation, tenant.Mark.Tenant, tenant.Mark.Attempt).ToString("D");
        string? problem = realm switch
        {
            null => $"{name} does not exist",
            _ when realm.Id != id => $"{name} does not belong to this tenant",
            { Enabled: not true } => $"{name} is disabled",
            _ => null,
        };
        if (problem is not null)
        {
            return VerifyResult.Of("realm", false, problem);
        }

        var loaded = await tenant.Host.GetService<ProvisionedTenants>().LoadCurrentAsync(
            tenant.Facts.Id, cancellationToken);
        var changes = await tenant.Host.GetService<TenantRealmChanges>().FindAsync(loaded, realm!, cancellationToken);
        return VerifyResult.Of("realm", name,
            [.. changes.Select(change => $"{change.Description} (run `Worker repair {tenant.Key}`)")]);
    }

    private static async Task<VerifyResult> ClientAsync(TenantToVerify tenant, CancellationToken cancellationToken)
    {
        var addresses = tenant.Addresses;
        var client = await tenant.Host.GetService<KeycloakAdmin>().FindClientAsync(
            tenant.Resources.Realm, tenant.Resources.Client, cancellationToken);
        return VerifyResult.Of("client", tenant.Resources.Client, client is null
            ? ["it does not exist"]
            :
            [
                .. If(client.Enabled != true, "it is disabled"),
                .. If(client.PublicClient != true, "it is not public"),
                .. If(client.DirectAccessGrantsEnabled == true, "direct access grants are on"),
                .. If(client.Attributes?.GetValueOrDefault("pkce.code.challenge.method") != "S256", "PKCE is not S256"),
                .. If(client.FullScopeAllowed == true, "its tokens carry every role of the user"),
                .. If(addresses.RedirectUris.Except(client.RedirectUris ?? []).Any(), "a redirect URI is missing"),
                .. If(addresses.WebOrigins.Except(client.WebOrigins ?? []).Any(), "a web origin is missing"),
            ]);
    }

    private static async Task<VerifyResult> AdminUserAsync(TenantToVerify tenant, CancellationToken cancellationToken)
    {
        var keycloak = tenant.Host.GetService<KeycloakAdmin>();
        var facts = tenant.Facts;
        string realm = tenant.Resources.Realm;
        if (await keycloak.FindUserAsync(realm, facts.AdminEmail, cancellationToken) is not { } user)
        {
            return VerifyResult.Of("admin user", Masked.Email(facts.AdminEmail), ["it does not exist"]);
        }

        var missing = await keycloak.MissingClientRolesAsync(
            realm, user.Id!, RealmManagement, tenant.Host.GetService<KeycloakOptions>().TenantAdminRoles,
            cancellationToken);
        return VerifyResult.Of("admin user", Masked.Email(facts.AdminEmail),
        [
            .. If(user.Enabled != true, "it is disabled"),
            .. If(
                !HasAttribute(user, TenantRealmTemplate.TenantIdAttribute, facts.Id.ToString("D")),
                "tenantId is missing"),
            .. If(!HasAttribute(user, TenantRealmTemplate.RoleAttribute, "admin"), "role is missing"),
            .. If(missing.Count > 0, $"it lacks {string.Join(", ", missing)}"),
        ]);
    }

    private static async Task<VerifyResult> LoginAsync(TenantToVerify tenant, CancellationToken cancellationToken)
    {
        if (tenant.Password is not { } password)
        {
            return new VerifyResult("login", VerifyState.NotTried, "not tried: give the password with --password-file");
        }

        var facts = tenant.Facts;
        string issuer = $"{tenant.Host.GetService<KeycloakOptions>().Url}/realms/{tenant.Resources.Realm}";
        using var http = LoginHttp.Create();
        var login = new AuthorizationCodeLogin(
            http, issuer, tenant.Resources.Client, new Uri(tenant.Addresses.Application));
        var token = new JsonWebToken(await login.LoginAsync(facts.AdminEmail, password, null, cancellationToken));
        string application = tenant.Addresses.Application;
        return VerifyResult.Of("login", $"by authorization code at {application}; the token carries tenantId and role",
        [
            .. If(token.Issuer != issuer, $"the token's issuer is {token.Issuer}"),
            .. If(
                !HasClaim(token, TenantRealmTemplate.TenantIdAttribute, facts.Id.ToString("D")),
                "the token has no tenantId"),
            .. If(!HasClaim(token, TenantRealmTemplate.RoleAttribute, "admin"), "the token has no role admin"),
        ]);
    }

    private static bool HasAttribute(UserRepresentation user, string attribute, string value) =>
        user.Attributes?.GetValueOrDefault(attribute) is [var only] && only == value;

    private static bool HasClaim(JsonWebToken token, string claim, string value) =>
        token.TryGetPayloadValue(claim, out string found) && found == value;

    private static string[] If(bool isWrong, string problem) => isWrong ? [problem] : [];
}
