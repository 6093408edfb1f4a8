using System.Text;
using ControlPlane.Security;
using ControlPlane.Temporal;
using Npgsql;
using Temporalio.Client;
using Temporalio.Converters;
using Testing;

namespace EndToEnd.Tests.Support;

/// <summary>
/// All text that an instance persists: its logs, Temporal's file, every history, both as stored and decrypted with the
/// instance's keys, and every table.
/// </summary>
public sealed class PersistedText
{
    private readonly List<(string Name, string Content)> sources = [];

    /// <summary>Returns the names of the sources that contain the text, or its bytes in hexadecimal.</summary>
    public IEnumerable<string> SourcesOf(string text)
    {
        string hex = Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text));
        return sources
            .Where(source => source.Content.Contains(text, StringComparison.Ordinal)
                || source.Content.Contains(hex, StringComparison.Ordinal))
            .Select(source => source.Name)
            .Distinct();
    }

    public static async Task<PersistedText> ReadAsync(Instance instance)
    {
        var all = new PersistedText();
        await all.AddFilesAsync("log", Path.Combine(instance.State, "logs"), "*.log*");
        await all.AddFilesAsync("file", Path.Combine(instance.State, "temporal"), "temporal.db*");
        await all.AddHistoriesAsync(instance);
        await all.AddTablesAsync(instance);
        return all;
    }

    // Temporal's file contains text unencoded.
    private async Task AddFilesAsync(string kind, string folder, string pattern)
    {
        foreach (string file in Directory.GetFiles(folder, pattern))
        {
            await using var stream = new FileStream(
                file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var copy = new MemoryStream();
            await stream.CopyToAsync(copy);
            sources.Add(($"{kind} {Path.GetFileName(file)}", Encoding.Latin1.GetString(copy.ToArray())));
        }
    }

    private async Task AddHistoriesAsync(Instance instance)
    {
        var keys = KeyRing.Parse("PAYLOAD_KEYS", instance.Secret("PAYLOAD_KEYS"));
        var client = await TemporalClient.ConnectAsync(new($"127.0.0.1:{instance.Address("TEMPORAL_PORT")}")
        {
            Namespace = "arc-saas",
            DataConverter = DataConverter.Default with { PayloadCodec = new EncryptionCodec(keys) },
        });
        foreach (var history in await HistoryText.ReadAllAsync(client))
        {
            sources.Add(($"stored {history.WorkflowType}", history.Stored + history.Plain));
            sources.Add(($"decrypted {history.WorkflowType}", history.Decrypted));
        }
    }

    private async Task AddTablesAsync(Instance instance)
    {
        await using var database = NpgsqlDataSource.Create(
            $"Host=127.0.0.1;Port={instance.Address("POSTGRES_PORT")};Database=control_plane;"
            + $"Username=control_plane_worker;Password={instance.Secret("DEV_DB_WORKER_PASSWORD")}");
        const string Tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'";
        foreach (string table in await ColumnAsync(database, Tables))
        {
            var rows = await ColumnAsync(database, $"SELECT t::text FROM \"{table}\" t");
            sources.Add(($"table {table}", string.Join('\n', rows)));
        }
    }

    private static async Task<List<string>> ColumnAsync(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var values = new List<string>();
        while (await reader.ReadAsync())
        {
            values.Add(reader.GetString(0));
        }

        return values;
    }
}
