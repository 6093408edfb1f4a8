using System.Text;
using EndToEnd.Tests.Support;
using Npgsql;

namespace EndToEnd.Tests;

public sealed class SecretsTests(RunningInstance running)
{
    [Fact]
    public async Task No_token_password_or_key_is_in_a_log_a_history_or_the_database()
    {
        string key = Keys.New();
        var customer = new Customer(running, key);
        await customer.SignUpAsync();
        await customer.ProvisionAsync();
        await customer.IsActiveAsync();
        var link = await customer.InvitationAsync();
        const string Password = "only-this-test-knows-it-7aA";
        await customer.CallAsync(HttpMethod.Post, "/invitations/accept", null,
            $$"""{ "token": "{{link.Fragment.TrimStart('#')}}", "password": "{{Password}}" }""");

        var secrets = new Dictionary<string, string>
        {
            ["validation token"] = customer.ValidationToken,
            ["lead's JWT"] = customer.LeadJwt,
            ["operator's token"] = customer.OperatorToken,
            ["invitation's token"] = link.Fragment.TrimStart('#'),
            ["admin's password"] = Password,
            ["operator's password"] = (await ReadAsync("operator-password")).Trim(),
            ["worker's secret"] = (await ReadAsync("keycloak-worker-secret")).Trim(),
        };
        foreach (var (name, value) in running.Instance.Pairs("env").Where(pair => pair.Key != "INSTALLATION_ID"))
        {
            secrets[name] = value.Split(':')[^1];
        }

        var found = new List<string>();
        foreach (var (place, content) in await PlacesAsync())
        {
            found.AddRange(secrets.Where(s => content.Contains(s.Value, StringComparison.Ordinal)).Select(s => $"{s.Key} in {place}"));
        }

        Assert.Empty(found);
    }

    private Task<string> ReadAsync(string file) =>
        File.ReadAllTextAsync(Path.Combine(running.Instance.State, file), TestContext.Current.CancellationToken);

    private async Task<List<(string Place, string Content)>> PlacesAsync()
    {
        var places = new List<(string, string)>();
        foreach (string log in Directory.GetFiles(Path.Combine(running.Instance.State, "logs")))
        {
            places.Add((Path.GetFileName(log), await File.ReadAllTextAsync(log)));
        }

        // Temporal's own file: histories, memos, failures. Text stands in it as it is.
        foreach (string file in Directory.GetFiles(Path.Combine(running.Instance.State, "temporal"), "temporal*"))
        {
            places.Add((Path.GetFileName(file), Encoding.Latin1.GetString(await ReadSharedAsync(file))));
        }

        Assert.Contains(places, place => place.Item1.StartsWith("temporal", StringComparison.Ordinal));
        places.AddRange(await TablesAsync());
        return places;
    }

    private static async Task<byte[]> ReadSharedAsync(string file)
    {
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy);
        return copy.ToArray();
    }

    private async Task<List<(string, string)>> TablesAsync()
    {
        var instance = running.Instance;
        await using var database = NpgsqlDataSource.Create(
            $"Host=127.0.0.1;Port={instance.Address("POSTGRES_PORT")};Database=control_plane;Username=control_plane_worker;"
            + $"Password={instance.Secret("DEV_DB_WORKER_PASSWORD")}");
        var tables = new List<(string, string)>();
        foreach (string table in await ColumnAsync(database, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
        {
            var rows = await ColumnAsync(database, $"SELECT t::text FROM \"{table}\" t");
            tables.Add(($"table {table}", string.Join('\n', rows)));
        }

        Assert.Contains(tables, table => table.Item1 == "table tenants" && table.Item2.Length > 0);
        return tables;
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
