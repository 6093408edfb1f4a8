using Microsoft.IdentityModel.JsonWebTokens;
using Worker.Commands.Verify;
using Worker.Steps;
using Worker.Systems.Keycloak.Login;
using Worker.Telemetry;

namespace Worker.Systems.Keycloak;

/// <summary>Verifies a tenant's realm, its client, its admin user and the admin user's token.</summary>
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

    private static async Task<Tick> RealmAsync(TenantToVerify tenant, CancellationToken cancellationToken)
    {
        string name = tenant.Resources.Realm;
        var realm = await tenant.Host.Outside<KeycloakAdmin>().FindRealmAsync(name, cancellationToken);
        string id = ControlPlane.Tenants.TenantResources.RealmId(
            tenant.Mark.Installation, tenant.Mark.Tenant, tenant.Mark.Attempt).ToString("D");
        return Tick.Of("realm", realm is { Enabled: true } && realm.Id == id, realm switch
        {
            null => $"{name} is not there",
            _ when realm.Id != id => $"{name} is there, and is not this tenant's",
            { Enabled: not true } => $"{name} is disabled",
            _ => name,
        });
    }

    private static async Task<Tick> ClientAsync(TenantToVerify tenant, CancellationToken cancellationToken)
    {
        var domains = tenant.Facts.ProvenDomains;
        var client = await tenant.Host.Outside<KeycloakAdmin>().FindClientAsync(
            tenant.Resources.Realm, tenant.Resources.Client, cancellationToken);
        return Tick.Of("client", tenant.Resources.Client, client is null
            ? ["it is not there"]
            :
            [
                .. If(client.Enabled != true, "it is disabled"),
                .. If(client.PublicClient != true, "it is not public"),
                .. If(client.DirectAccessGrantsEnabled == true, "direct grants are on"),
                .. If(client.Attributes?.GetValueOrDefault("pkce.code.challenge.method") != "S256", "PKCE is not S256"),
                .. If(!AreSame(client.RedirectUris, domains.Select(d => $"https://{d}/*")), "other redirect URIs"),
                .. If(!AreSame(client.WebOrigins, domains.Select(d => $"https://{d}")), "other web origins"),
            ]);
    }

    private static async Task<Tick> AdminUserAsync(TenantToVerify tenant, CancellationToken cancellationToken)
    {
        var keycloak = tenant.Host.Outside<KeycloakAdmin>();
        var facts = tenant.Facts;
        string realm = tenant.Resources.Realm;
        if (await keycloak.FindUserAsync(realm, facts.AdminEmail, cancellationToken) is not { } user)
        {
            return Tick.Of("admin user", Masked.Email(facts.AdminEmail), ["it is not there"]);
        }

        var missing = await keycloak.MissingClientRolesAsync(
            realm, user.Id!, RealmManagement, tenant.Host.Outside<KeycloakOptions>().TenantAdminRoles,
            cancellationToken);
        return Tick.Of("admin user", Masked.Email(facts.AdminEmail),
        [
            .. If(user.Enabled != true, "it is disabled"),
            .. If(!Has(user, TenantRealmTemplate.TenantIdAttribute, facts.Id.ToString("D")), "tenantId is missing"),
            .. If(!Has(user, TenantRealmTemplate.RoleAttribute, "admin"), "role is missing"),
            .. If(missing.Count > 0, $"without {string.Join(", ", missing)}"),
        ]);
    }

    private static async Task<Tick> LoginAsync(TenantToVerify tenant, CancellationToken cancellationToken)
    {
        if (tenant.Password is not { } password)
        {
            return new Tick("login", TickState.NotTried, "not tried: give the password with --password-file");
        }

        var facts = tenant.Facts;
        string issuer = $"{tenant.Host.Outside<KeycloakOptions>().Url}/realms/{tenant.Resources.Realm}";
        using var http = LoginHttp.Create();
        var login = new AuthorizationCodeLogin(
            http, issuer, tenant.Resources.Client, new Uri($"https://{facts.ProvenDomains[0]}/"));
        var token = new JsonWebToken(await login.LoginAsync(facts.AdminEmail, password, null, cancellationToken));
        return Tick.Of("login", "by authorization code; the token carries tenantId and role",
        [
            .. If(token.Issuer != issuer, $"the token's issuer is {token.Issuer}"),
            .. If(
                !Claims(token, TenantRealmTemplate.TenantIdAttribute, facts.Id.ToString("D")),
                "the token has no tenantId"),
            .. If(!Claims(token, TenantRealmTemplate.RoleAttribute, "admin"), "the token has no role admin"),
        ]);
    }

    private static bool Has(UserRepresentation user, string attribute, string value) =>
        user.Attributes?.GetValueOrDefault(attribute) is [var only] && only == value;

    private static bool Claims(JsonWebToken token, string claim, string value) =>
        token.TryGetPayloadValue(claim, out string found) && found == value;

    private static bool AreSame(IReadOnlyList<string>? found, IEnumerable<string> expected) =>
        found is not null && found.Order(StringComparer.Ordinal).SequenceEqual(expected.Order(StringComparer.Ordinal));

    private static string[] If(bool isWrong, string problem) => isWrong ? [problem] : [];
}
