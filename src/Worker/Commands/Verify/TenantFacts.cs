using ControlPlane.Tenants;
using Npgsql;

namespace Worker.Commands.Verify;

/// <summary>A tenant and its current attempt, as the control database records them.</summary>
public sealed record TenantFacts(
    Guid Id,
    string Name,
    string Status,
    int Attempt,
    string AdminEmail,
    IReadOnlyList<string> ProvenDomains,
    IReadOnlyDictionary<string, string> Steps,
    IReadOnlyList<string> Undone,
    IReadOnlyDictionary<string, string> Resources)
{
    /// <returns>Null when there is no tenant with this key.</returns>
    public static async Task<TenantFacts?> ReadAsync(
        NpgsqlDataSource database, TenantKey key, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            SELECT t.id, t.name, CASE WHEN a.state = 'RECORDED' THEN 'PROVISION_RECORDED' ELSE t.status END, t.attempt,
                   c.email,
                   (SELECT coalesce(array_agg(domain ORDER BY position), '{}') FROM tenant_domains
                     WHERE tenant_id = t.id AND state = 'PROVEN')
              FROM tenants t JOIN tenant_contacts c ON c.tenant_id = t.id AND c.is_primary
              LEFT JOIN provisioning_attempts a ON a.tenant_id = t.id AND a.attempt = t.attempt
             WHERE t.key = $1 AND t.status NOT IN ('EXPIRED', 'RELEASED')
            """);
        command.Parameters.Add(new() { Value = key.Value });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            return null;
        }

        var id = reader.GetGuid(0);
        int attempt = reader.GetInt32(3);
        const string FromSteps = "FROM provisioning_steps WHERE tenant_id = $1 AND attempt = $2";
        return new TenantFacts(
            id,
            reader.GetString(1),
            reader.GetString(2),
            attempt,
            reader.GetString(4),
            reader.GetFieldValue<string[]>(5),
            await PairsAsync(database, $"SELECT step, state {FromSteps}", cancellationToken, id, attempt),
            [.. (await PairsAsync(database, $"SELECT step, undo_state {FromSteps} AND undo_state IS NOT NULL",
                cancellationToken, id, attempt)).Keys],
            await PairsAsync(database, "SELECT type || ': ' || name, state FROM resources WHERE tenant_id = $1",
                cancellationToken, id));
    }

    private static async Task<Dictionary<string, string>> PairsAsync(
        NpgsqlDataSource database, string sql, CancellationToken cancellationToken, params object[] parameters)
    {
        await using var command = database.CreateCommand(sql);
        foreach (object value in parameters)
        {
            command.Parameters.Add(new() { Value = value });
        }

        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            pairs[reader.GetString(0)] = reader.GetString(1);
        }

        return pairs;
    }
}
