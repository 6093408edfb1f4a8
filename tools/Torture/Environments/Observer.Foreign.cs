using System.Text.Json.Nodes;

namespace Torture.Environments;

/// <summary>Foreign objects with a tenant's names at one point in time.</summary>
/// <param name="Names">The objects by kind, name and mark.</param>
/// <param name="Snapshot">All that the systems report about them.</param>
internal sealed record ForeignObjects(IReadOnlyList<string> Names, IReadOnlyList<string> Snapshot);

internal sealed partial class Observer
{
    private const string ForeignOwner = "another owner";

    /// <summary>Creates a foreign object with the name that a step of this tenant needs.</summary>
    /// <param name="step">The id of the step.</param>
    /// <param name="key">The tenant's key.</param>
    /// <param name="isBare">Whether the object is empty; otherwise it has content of every kind.</param>
    /// <param name="cancellationToken">Cancels the calls.</param>
    public async Task MakeForeignAsync(string step, string key, bool isBare, CancellationToken cancellationToken)
    {
        switch (step)
        {
            case "create-idp":
                (await SendAsync(HttpMethod.Post, "/admin/realms", Realm(key, isBare), cancellationToken)).Dispose();
                break;
            case "provision-database":
                await ExecuteAsync(isBare ? RoleWithoutSchema(key) : SchemaWithContent(key), cancellationToken);
                break;
            case "provision-storage":
                await s3.PutBucketAsync($"tenant-{key}-files", cancellationToken);
                if (!isBare)
                {
                    await PutObjectsAsync(key, cancellationToken);
                    await PutSettingsAsync($"tenant-{key}-files", cancellationToken);
                }

                break;
            default:
                throw new InvalidOperationException($"{step} creates no object that could be foreign.");
        }
    }

    /// <summary>Reads the objects with this tenant's names and takes a snapshot of them.</summary>
    public async Task<ForeignObjects> ReadForeignAsync(string key, CancellationToken cancellationToken) => new(
        [.. (await FindObjectsAsync(key, cancellationToken)).Names],
        await SnapshotAsync(key, cancellationToken));

    /// <summary>Removes a foreign object, as its owner would.</summary>
    public async Task RemoveForeignAsync(string step, string key, CancellationToken cancellationToken)
    {
        switch (step)
        {
            case "create-idp":
                (await SendAsync(HttpMethod.Delete, $"/admin/realms/tenant-{key}", null, cancellationToken)).Dispose();
                break;
            case "provision-database":
                await ExecuteAsync(
                    $"DROP SCHEMA IF EXISTS tenant_{key} CASCADE; DROP ROLE IF EXISTS tenant_{key}", cancellationToken);
                break;
            default:
                await RemoveBucketAsync($"tenant-{key}-files", cancellationToken);
                break;
        }
    }

    private static JsonObject Realm(string key, bool isBare)
    {
        var realm = new JsonObject { ["realm"] = $"tenant-{key}", ["enabled"] = true };
        if (!isBare)
        {
            realm["displayName"] = ForeignOwner;
            realm["attributes"] = new JsonObject { ["owner"] = ForeignOwner };
            // The names that the tenant's own objects would have.
            realm["clients"] = new JsonArray(new JsonObject
            {
                ["clientId"] = $"{key}-app",
                ["redirectUris"] = new JsonArray("https://other.example/*"),
            });
            realm["users"] = new JsonArray(new JsonObject
            {
                ["username"] = $"admin@{key}.com",
                ["email"] = $"admin@{key}.com",
                ["enabled"] = true,
            });
        }

        return realm;
    }

    private static string SchemaWithContent(string key) => $"""
        CREATE SCHEMA tenant_{key};
        CREATE TABLE tenant_{key}.kept (id int PRIMARY KEY, content text);
        INSERT INTO tenant_{key}.kept VALUES (1, 'one'), (2, 'two');
        CREATE VIEW tenant_{key}.shown AS SELECT content FROM tenant_{key}.kept;
        COMMENT ON SCHEMA tenant_{key} IS '{ForeignOwner}';
        COMMENT ON TABLE tenant_{key}.kept IS '{ForeignOwner}';
        GRANT USAGE ON SCHEMA tenant_{key} TO PUBLIC;
        GRANT SELECT ON tenant_{key}.kept TO PUBLIC;
        """;

    private static string RoleWithoutSchema(string key) => $"""
        CREATE ROLE tenant_{key} LOGIN CONNECTION LIMIT 7;
        COMMENT ON ROLE tenant_{key} IS '{ForeignOwner}';
        ALTER ROLE tenant_{key} SET search_path = kept;
        """;

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = postgres.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
