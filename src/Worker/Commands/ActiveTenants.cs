using ControlPlane.Tenants;
using Npgsql;

namespace Worker.Commands;

/// <summary>The tenants of a command that takes a key or <c>--all</c>.</summary>
internal static class ActiveTenants
{
    /// <param name="database">The control database.</param>
    /// <param name="key">One tenant's key; null: every ACTIVE tenant.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<IReadOnlyList<TenantKey>> KeysAsync(
        NpgsqlDataSource database, string? key, CancellationToken cancellationToken)
    {
        if (key is not null)
        {
            return [TenantKey.ParseExisting(key)];
        }

        await using var command = database.CreateCommand(
            "SELECT key FROM tenants WHERE status = 'ACTIVE' ORDER BY key");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var keys = new List<TenantKey>();
        while (await reader.ReadAsync(cancellationToken))
        {
            keys.Add(TenantKey.FromStorage(reader.GetString(0)));
        }

        return keys;
    }
}
