using System.Text.Json.Nodes;
using ControlPlane.Tenants;

namespace Torture.Worlds;

internal sealed partial class Observer
{
    private static readonly string[] AdminRoles = ["realm-admin"];

    private Guid Installation => Guid.Parse(instance.Secret("INSTALLATION_ID"));

    /// <summary>What is not as the contract says of an ACTIVE tenant that this attempt has made.</summary>
    public async Task<IReadOnlyList<string>> WrongAsync(
        Tenant tenant, int attempt, CancellationToken cancellationToken) =>
    [
        .. await WrongInRealmAsync(tenant, attempt, cancellationToken),
        .. await WrongInDatabaseAsync(tenant, attempt, cancellationToken),
        .. Wrong("tags", TagsOf(tenant.Id, attempt),
            Listed(await TagsAsync($"tenant-{tenant.Key}-files", cancellationToken))),
        .. await WrongRecordsAsync(tenant, cancellationToken),
    ];

    /// <summary>What the records say that there is of a tenant which has nothing.</summary>
    public Task<IReadOnlyList<string>> CreatedAsync(string tenantId, CancellationToken cancellationToken) => NamesAsync(
        "SELECT type || ' ' || name FROM resources WHERE tenant_id = $1::uuid AND state = 'CREATED' ORDER BY 1",
        tenantId, cancellationToken);

    private async Task<IReadOnlyList<string>> WrongInRealmAsync(
        Tenant tenant, int attempt, CancellationToken cancellationToken)
    {
        string path = $"/admin/realms/tenant-{tenant.Key}";
        var realm = await GetAsync(path, cancellationToken);
        var client = (await GetAsync(
            $"{path}/clients?clientId={tenant.Key}-app", cancellationToken)).AsArray().Single()!;
        var user = (await GetAsync($"{path}/users", cancellationToken)).AsArray().Single()!;
        var roles = (await GetAsync($"{path}/users/{user["id"]}/role-mappings", cancellationToken))
            ["clientMappings"]?["realm-management"]?["mappings"]?.AsArray().Select(role => $"{role!["name"]}");
        return
        [
            .. Wrong("id of the realm",
                $"{TenantResources.RealmId(Installation, Guid.Parse(tenant.Id), attempt):D}", $"{realm["id"]}"),
            .. Wrong("realm is enabled", "true", $"{realm["enabled"]}"),
            .. Wrong("client is public", "true", $"{client["publicClient"]}"),
            .. Wrong("PKCE", "S256", $"{client["attributes"]?["pkce.code.challenge.method"]}"),
            .. Wrong("direct grants", "false", $"{client["directAccessGrantsEnabled"]}"),
            .. Wrong("redirect URIs", $"https://{tenant.Key}.com/*", Listed(client["redirectUris"])),
            .. Wrong("web origins", $"https://{tenant.Key}.com", Listed(client["webOrigins"])),
            .. Wrong("name of the user", tenant.Email, $"{user["username"]}"),
            .. Wrong("user is enabled", "true", $"{user["enabled"]}"),
            .. Wrong("tenantId of the user", tenant.Id, Listed(user["attributes"]?["tenantId"])),
            .. Wrong("role of the user", "admin", Listed(user["attributes"]?["role"])),
            .. Wrong("roles over the realm", string.Join(' ', AdminRoles), string.Join(' ', roles ?? [])),
        ];
    }

    private async Task<IReadOnlyList<string>> WrongInDatabaseAsync(
        Tenant tenant, int attempt, CancellationToken cancellationToken)
    {
        string mark = $"arc-saas installation={Installation:D} tenant={tenant.Id} attempt={attempt}";
        var found = await NamesAsync(
            """
            SELECT concat_ws('|', shobj_description(r.oid, 'pg_authid'), obj_description(n.oid, 'pg_namespace'),
                             r.rolcanlogin, has_schema_privilege('public', n.oid, 'USAGE, CREATE'))
            FROM pg_roles r JOIN pg_namespace n ON n.nspowner = r.oid AND n.nspname = r.rolname WHERE r.rolname = $1
            """,
            $"tenant_{tenant.Key}", cancellationToken);
        return
        [
            .. Wrong("marks on role and schema, login, rights of PUBLIC",
                $"{mark}|{mark}|f|f", string.Join(' ', found)),
        ];
    }

    // A public contract: exactly these.
    private async Task<IReadOnlyList<string>> WrongRecordsAsync(Tenant tenant, CancellationToken cancellationToken)
    {
        string[] expected =
        [
            $"database_schema tenant_{tenant.Key} CREATED",
            $"keycloak_admin_user {tenant.Email} CREATED",
            $"keycloak_client {tenant.Key}-app CREATED",
            $"keycloak_realm tenant-{tenant.Key} CREATED",
            $"storage_bucket tenant-{tenant.Key}-files CREATED",
        ];
        var found = await NamesAsync(
            "SELECT type || ' ' || name || ' ' || state FROM public.resources WHERE tenant_id = $1::uuid ORDER BY 1",
            tenant.Id, cancellationToken);
        return [.. Wrong("records", string.Join(", ", expected), string.Join(", ", found))];
    }

    private string TagsOf(string tenantId, int attempt) =>
        $"arc-saas:attempt={attempt} arc-saas:installation={Installation:D} arc-saas:tenant={tenantId}";

    private static string Listed(JsonNode? texts) =>
        string.Join(' ', (texts?.AsArray() ?? []).Select(text => $"{text}").Order(StringComparer.Ordinal));

    private static IEnumerable<string> Wrong(string what, string expected, string found) =>
        found == expected ? [] : [$"{what}: expected {expected}, found {(found.Length > 0 ? found : "nothing")}"];
}
