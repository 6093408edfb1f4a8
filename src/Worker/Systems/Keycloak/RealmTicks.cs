using ControlPlane.Tenants;
using Microsoft.IdentityModel.JsonWebTokens;
using Worker.Commands;
using Worker.Commands.Verify;
using Worker.Systems.Keycloak.Login;
using Worker.Telemetry;

namespace Worker.Systems.Keycloak;

/// <summary>What is in the tenant's realm, and what its administrator's token says.</summary>
internal static class RealmTicks
{
    private const string RealmManagement = "realm-management";

    public static Tick Client(ClientRepresentation? client, string clientId, IReadOnlyList<string> domains)
    {
        string[] wrong = client is null
            ? ["it is not there"]
            :
            [
                .. Wrong(client.Enabled != true, "it is disabled"),
                .. Wrong(client.PublicClient != true, "it is not public"),
                .. Wrong(client.DirectAccessGrantsEnabled == true, "direct grants are on"),
                .. Wrong(
                    client.Attributes?.GetValueOrDefault("pkce.code.challenge.method") != "S256", "PKCE is not S256"),
                .. Wrong(!Same(client.RedirectUris, domains.Select(d => $"https://{d}/*")), "other redirect URIs"),
                .. Wrong(!Same(client.WebOrigins, domains.Select(d => $"https://{d}")), "other web origins"),
            ];
        return Judge("client", clientId, wrong);
    }

    public static async Task<Tick> AdminAsync(
        KeycloakAdmin keycloak,
        KeycloakOptions options,
        string realm,
        TenantFacts facts,
        CancellationToken cancellationToken)
    {
        if (await keycloak.FindUserAsync(realm, facts.AdminEmail, cancellationToken) is not { } user)
        {
            return Judge("admin user", Masked.Email(facts.AdminEmail), ["it is not there"]);
        }

        var missing = await keycloak.MissingClientRolesAsync(
            realm, user.Id!, RealmManagement, options.TenantAdminRoles, cancellationToken);
        return Judge("admin user", Masked.Email(facts.AdminEmail),
        [
            .. Wrong(user.Enabled != true, "it is disabled"),
            .. Wrong(!Has(user, TenantRealm.TenantIdAttribute, facts.Id.ToString("D")), "tenantId is missing"),
            .. Wrong(!Has(user, TenantRealm.RoleAttribute, "admin"), "role is missing"),
            .. Wrong(missing.Count > 0, $"without {string.Join(", ", missing)}"),
        ]);
    }

    public static async Task<Tick> LoginAsync(
        CommandHost host, TenantResources resources, TenantFacts facts, string password,
        CancellationToken cancellationToken)
    {
        string issuer = $"{host.Outside<KeycloakOptions>().Url}/realms/{resources.Realm}";
        using var http = LoginHttp.Create();
        var login = new AuthorizationCodeLogin(
            http, issuer, resources.Client, new Uri($"https://{facts.ProvenDomains[0]}/"));
        var token = new JsonWebToken(await login.LoginAsync(facts.AdminEmail, password, null, cancellationToken));
        return Judge("login", "by authorization code; the token carries tenantId and role",
        [
            .. Wrong(token.Issuer != issuer, $"the token's issuer is {token.Issuer}"),
            .. Wrong(
                !Claims(token, TenantRealm.TenantIdAttribute, facts.Id.ToString("D")), "the token has no tenantId"),
            .. Wrong(!Claims(token, TenantRealm.RoleAttribute, "admin"), "the token has no role admin"),
        ]);
    }

    private static bool Has(UserRepresentation user, string attribute, string value) =>
        user.Attributes?.GetValueOrDefault(attribute) is [var only] && only == value;

    private static bool Claims(JsonWebToken token, string claim, string value) =>
        token.TryGetPayloadValue(claim, out string found) && found == value;

    private static bool Same(IReadOnlyList<string>? found, IEnumerable<string> expected) =>
        found is not null && found.Order(StringComparer.Ordinal).SequenceEqual(expected.Order(StringComparer.Ordinal));

    private static string[] Wrong(bool isWrong, string what) => isWrong ? [what] : [];

    private static Tick Judge(string what, string name, string[] wrong) => wrong.Length == 0
        ? new Tick(what, TickState.Green, name)
        : new Tick(what, TickState.Red, $"{name}: {string.Join(", ", wrong)}");
}
