using System.Text.Json.Nodes;

namespace Torture.Environments;

internal sealed partial class Observer
{
    // A write to a row of these catalogs, or of the tenant's own tables, changes its xmin.
    private const string DatabaseObjects = """
        SELECT 'schema ' || concat_ws(' ', xmin, nspname, pg_get_userbyid(nspowner), nspacl::text,
                                      obj_description(oid, 'pg_namespace'))
        FROM pg_namespace WHERE nspname = $1
        UNION ALL
        SELECT 'role ' || concat_ws(' ', a.xmin, r::text, shobj_description(a.oid, 'pg_authid'),
            (SELECT string_agg(s::text, ' ' ORDER BY s::text) FROM pg_db_role_setting s WHERE s.setrole = a.oid),
            (SELECT string_agg(m::text, ' ' ORDER BY m::text) FROM pg_auth_members m
             WHERE a.oid IN (m.roleid, m.member)))
        FROM pg_authid a JOIN pg_roles r ON r.oid = a.oid WHERE a.rolname = $1
        UNION ALL
        SELECT 'relation ' || concat_ws(' ', c.xmin, c.relname, c.relkind, pg_get_userbyid(c.relowner), c.relacl::text,
            obj_description(c.oid, 'pg_class'), c.relfilenode,
            (SELECT string_agg(concat_ws(' ', a.xmin, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
                                         a.attacl::text), ', ' ORDER BY a.attnum)
             FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0))
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1
        ORDER BY 1
        """;

    private const string Tables =
        "SELECT relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        + "WHERE n.nspname = $1 AND c.relkind = 'r' ORDER BY 1";

    /// <summary>
    /// Reads everything about the objects with this tenant's names: realm with clients, users and roles, schema with
    /// tables and rows, role, bucket with every version of every object. Equal snapshots mean that nothing was changed.
    /// </summary>
    private async Task<IReadOnlyList<string>> SnapshotAsync(string key, CancellationToken cancellationToken) =>
    [
        .. await RealmSnapshotAsync($"tenant-{key}", cancellationToken),
        .. await DatabaseSnapshotAsync($"tenant_{key}", cancellationToken),
        .. await BucketSnapshotAsync($"tenant-{key}-files", cancellationToken),
    ];

    private async Task<IReadOnlyList<string>> RealmSnapshotAsync(string realm, CancellationToken cancellationToken)
    {
        if (!(await GetAsync("/admin/realms", cancellationToken)).AsArray()
            .Any(known => known!["realm"]!.GetValue<string>() == realm))
        {
            return [];
        }

        string path = $"/admin/realms/{realm}";
        var lines = new List<string>();
        foreach (string part in (string[])
            ["", "/clients", "/users", "/users/count", "/users/profile", "/roles?briefRepresentation=false"])
        {
            lines.Add($"realm{part} {Sorted(await GetAsync(path + part, cancellationToken))}");
        }

        foreach (var user in (await GetAsync($"{path}/users", cancellationToken)).AsArray())
        {
            var roles = await GetAsync($"{path}/users/{user!["id"]}/role-mappings", cancellationToken);
            lines.Add($"roles of {user["username"]} {Sorted(roles)}");
        }

        return lines;
    }

    private async Task<IReadOnlyList<string>> DatabaseSnapshotAsync(string schema, CancellationToken cancellationToken)
    {
        var lines = new List<string>(await QueryAsync(DatabaseObjects, schema, cancellationToken));
        foreach (string table in await QueryAsync(Tables, schema, cancellationToken))
        {
            string rows = $"SELECT $1 || ' ' || t.xmin || ' ' || t::text FROM {schema}.{table} t ORDER BY 1";
            lines.AddRange(await QueryAsync(rows, $"row of {table}", cancellationToken));
        }

        return lines;
    }

    // The order of fields and of lists has no meaning.
    private static string Sorted(JsonNode? json) => json switch
    {
        JsonObject fields => "{" + string.Join(',', fields.OrderBy(field => field.Key, StringComparer.Ordinal)
            .Select(field => $"{field.Key}:{Sorted(field.Value)}")) + "}",
        JsonArray items => "[" + string.Join(',', items.Select(Sorted).Order(StringComparer.Ordinal)) + "]",
        null => "null",
        _ => json.ToJsonString(),
    };
}
