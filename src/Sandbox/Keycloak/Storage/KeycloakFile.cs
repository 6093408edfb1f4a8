using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Sandbox.Keycloak.Model;

namespace Sandbox.Keycloak.Storage;

/// <summary>The world on disk: one row for each realm, login and key set. A change is on the disk before it is answered.</summary>
internal sealed class KeycloakFile : IDisposable
{
    private readonly SqliteConnection connection;

    public KeycloakFile(string? path)
    {
        connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path ?? ":memory:", Pooling = false }.ToString());
        connection.Open();
        Execute(
            """
            PRAGMA journal_mode = WAL;
            PRAGMA synchronous = FULL;
            CREATE TABLE IF NOT EXISTS document (
                kind TEXT NOT NULL, id TEXT NOT NULL, content TEXT NOT NULL, PRIMARY KEY (kind, id));
            """);
    }

    public World Load() => new()
    {
        Realms = Load<Realm>("realm"),
        Sessions = Load<Session>("session"),
        Keys = Load<RealmKeys>("keys"),
    };

    /// <summary>Writes what differs, all of it or nothing.</summary>
    public void Save(World before, World after)
    {
        using var transaction = connection.BeginTransaction();
        Save("realm", before.Realms, after.Realms);
        Save("session", before.Sessions, after.Sessions);
        Save("keys", before.Keys, after.Keys);
        transaction.Commit();
    }

    public void Dispose() => connection.Dispose();

    private ImmutableDictionary<string, T> Load<T>(string kind)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT id, content FROM document WHERE kind = $kind";
        command.Parameters.AddWithValue("$kind", kind);
        using var rows = command.ExecuteReader();
        var found = ImmutableDictionary.CreateBuilder<string, T>();
        while (rows.Read())
            found.Add(rows.GetString(0), JsonSerializer.Deserialize<T>(rows.GetString(1))!);
        return found.ToImmutable();
    }

    private void Save<T>(string kind, ImmutableDictionary<string, T> before, ImmutableDictionary<string, T> after)
        where T : class
    {
        if (ReferenceEquals(before, after))
            return;
        foreach (var (id, value) in after)
        {
            if (!ReferenceEquals(before.GetValueOrDefault(id), value))
                Put(kind, id, JsonSerializer.Serialize(value));
        }
        foreach (var id in before.Keys.Where(id => !after.ContainsKey(id)))
            Execute("DELETE FROM document WHERE kind = $kind AND id = $id", ("$kind", kind), ("$id", id));
    }

    private void Put(string kind, string id, string content) => Execute(
        "INSERT INTO document VALUES ($kind, $id, $content) ON CONFLICT (kind, id) DO UPDATE SET content = $content",
        ("$kind", kind), ("$id", id), ("$content", content));

    private void Execute(string sql, params ReadOnlySpan<(string Name, string Value)> parameters)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value);
        command.ExecuteNonQuery();
    }
}
