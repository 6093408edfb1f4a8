using System.Text.Json.Nodes;

namespace Torture.Worlds;

internal sealed partial class Observer
{
    /// <summary>Somebody else's thing, with the name that a step of this tenant wants.</summary>
    public async Task MakeForeignAsync(string step, string key, CancellationToken cancellation)
    {
        switch (step)
        {
            case "create-idp":
                var realm = new JsonObject { ["realm"] = $"tenant-{key}", ["enabled"] = true };
                (await AskAsync(HttpMethod.Post, "/admin/realms", realm, cancellation)).Dispose();
                break;
            case "provision-database":
                await ExecuteAsync($"CREATE SCHEMA tenant_{key} CREATE TABLE kept (id int)", cancellation);
                break;
            case "provision-storage":
                await s3.PutBucketAsync($"tenant-{key}-files", cancellation);
                break;
            default:
                throw new InvalidOperationException($"{step} makes nothing that could be somebody else's.");
        }
    }

    /// <summary>Its owner takes it away again.</summary>
    public async Task RemoveForeignAsync(string step, string key, CancellationToken cancellation)
    {
        switch (step)
        {
            case "create-idp":
                (await AskAsync(HttpMethod.Delete, $"/admin/realms/tenant-{key}", null, cancellation)).Dispose();
                break;
            case "provision-database":
                await ExecuteAsync($"DROP SCHEMA tenant_{key} CASCADE", cancellation);
                break;
            default:
                await s3.DeleteBucketAsync($"tenant-{key}-files", cancellation);
                break;
        }
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancellation)
    {
        await using var command = postgres.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
