using System.Text.Json.Nodes;
using ControlPlane.Tenants;

namespace Torture.Environments;

internal sealed partial class Observer
{
    private static readonly string[] AdminRoles = ["realm-admin"];

    private Guid Installation => Guid.Parse(instance.Secret("INSTALLATION_ID"));

    /// <summary>Lists how the objects of an ACTIVE tenant deviate from the contract for this attempt.</summary>
    public async Task<IReadOnlyList<string>> FindDeviationsAsync(
        Tenant tenant, int attempt, CancellationToken cancellationToken) =>
    [
        .. await FindRealmDeviationsAsync(tenant, attempt, cancellationToken),
        .. await FindDatabaseDeviationsAsync(tenant, attempt, cancellationToken),
        .. Compare("tags", TagsOf(tenant.Id, attempt),
            Listed(await TagsAsync($"tenant-{tenant.Key}-files", cancellationToken))),
        .. await FindRecordDeviationsAsync(tenant, cancellationToken),
    ];

    /// <summary>Lists the tenant's resource records in state CREATED.</summary>
    public Task<IReadOnlyList<string>> FindCreatedRecordsAsync(
        string tenantId, CancellationToken cancellationToken) => QueryAsync(
        "SELECT type || ' ' || name FROM resources WHERE tenant_id = $1::uuid AND state = 'CREATED' ORDER BY 1",
        tenantId, cancellationToken);

    private async Task<IReadOnlyList<string>> FindRealmDeviationsAsync(
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
            .. Compare("id of the realm",
                $"{TenantResources.RealmId(Installation, Guid.Parse(tenant.Id), attempt):D}", $"{realm["id"]}"),
            .. Compare("realm is enabled", "true", $"{realm["enabled"]}"),
            .. Compare("client is public", "true", $"{client["publicClient"]}"),
            .. Compare("PKCE", "S256", $"{client["attributes"]?["pkce.code.challenge.method"]}"),
            .. Compare("direct grants", "false", $"{client["directAccessGrantsEnabled"]}"),
            .. Compare("full scope", "false", $"{client["fullScopeAllowed"]}"),
            .. Compare("redirect URIs", $"https://{tenant.Key}.app.example.com/* https://{tenant.Key}.com/*",
                Listed(client["redirectUris"])),
            .. Compare("web origins", $"https://{tenant.Key}.app.example.com https://{tenant.Key}.com",
                Listed(client["webOrigins"])),
            .. Compare("name of the user", tenant.Email, $"{user["username"]}"),
            .. Compare("user is enabled", "true", $"{user["enabled"]}"),
            .. Compare("tenantId of the user", tenant.Id, Listed(user["attributes"]?["tenantId"])),
            .. Compare("role of the user", "admin", Listed(user["attributes"]?["role"])),
            .. Compare("roles of the user in the realm", string.Join(' ', AdminRoles), string.Join(' ', roles ?? [])),
        ];
    }

    private async Task<IReadOnlyList<string>> FindDatabaseDeviationsAsync(
        Tenant tenant, int attempt, CancellationToken cancellationToken)
    {
        string mark = $"arc-saas installation={Installation:D} tenant={tenant.Id} attempt={attempt}";
        var found = await QueryAsync(
            """
            SELECT concat_ws('|', shobj_description(r.oid, 'pg_authid'), obj_description(n.oid, 'pg_namespace'),
                             r.rolcanlogin, has_schema_privilege('public', n.oid, 'USAGE, CREATE'))
            FROM pg_roles r JOIN pg_namespace n ON n.nspowner = r.oid AND n.nspname = r.rolname WHERE r.rolname = $1
            """,
            $"tenant_{tenant.Key}", cancellationToken);
        return
        [
            .. Compare("marks on role and schema, login, rights of PUBLIC",
                $"{mark}|{mark}|f|f", string.Join(' ', found)),
        ];
    }

    // A public contract: exactly these five records.
    private async Task<IReadOnlyList<string>> FindRecordDeviationsAsync(
        Tenant tenant, CancellationToken cancellationToken)
    {
        string[] expected =
        [
            $"database_schema tenant_{tenant.Key} CREATED",
            $"keycloak_admin_user {tenant.Email} CREATED",
            $"keycloak_client {tenant.Key}-app CREATED",
            $"keycloak_realm tenant-{tenant.Key} CREATED",
            $"storage_bucket tenant-{tenant.Key}-files CREATED",
        ];
        var found = await QueryAsync(
            "SELECT type || ' ' || name || ' ' || state FROM public.resources WHERE tenant_id = $1::uuid ORDER BY 1",
            tenant.Id, cancellationToken);
        return [.. Compare("records", string.Join(", ", expected), string.Join(", ", found))];
    }

    private string TagsOf(string tenantId, int attempt) =>
        $"arc-saas:attempt={attempt} arc-saas:installation={Installation:D} arc-saas:tenant={tenantId}";

    private static string Listed(JsonNode? texts) =>
        string.Join(' ', (texts?.AsArray() ?? []).Select(text => $"{text}").Order(StringComparer.Ordinal));

    private static IEnumerable<string> Compare(string name, string expected, string actual) =>
        actual == expected ? [] : [$"{name}: expected {expected}, found {(actual.Length > 0 ? actual : "nothing")}"];
}
