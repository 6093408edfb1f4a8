using System.Collections.Immutable;
using System.Text.Json;
using Sandbox.Keycloak.Model;
using Sandbox.Storage;

namespace Sandbox.Keycloak.Storage;

/// <summary>
/// The data on disk: one row for each realm, session and key set. A change is on disk before the response is sent.
/// </summary>
internal sealed class KeycloakFile(string? path) : IDisposable
{
    private readonly Database database = Database.Open(path, """
        CREATE TABLE IF NOT EXISTS document (
            kind TEXT NOT NULL, id TEXT NOT NULL, content TEXT NOT NULL, PRIMARY KEY (kind, id));
        """);

    public Snapshot Load() => new()
    {
        Realms = Load<Realm>("realm"),
        Sessions = Load<Session>("session"),
        OfflineSessions = Load<Session>("offline-session"),
        RevokedTokens = Load<RevokedToken>("revoked-token"),
        Keys = Load<RealmKeys>("keys"),
    };

    /// <summary>Writes the differences in one transaction.</summary>
    public void Save(Snapshot before, Snapshot after) => database.Transaction(() =>
    {
        Save("realm", before.Realms, after.Realms);
        Save("session", before.Sessions, after.Sessions);
        Save("offline-session", before.OfflineSessions, after.OfflineSessions);
        Save("revoked-token", before.RevokedTokens, after.RevokedTokens);
        Save("keys", before.Keys, after.Keys);
    });

    public void Dispose() => database.Dispose();

    private ImmutableDictionary<string, T> Load<T>(string kind) => database
        .Query("SELECT id, content FROM document WHERE kind = ?1",
            row => KeyValuePair.Create(row.GetString(0), JsonSerializer.Deserialize<T>(row.GetString(1))!), kind)
        .ToImmutableDictionary();

    private void Save<T>(string kind, ImmutableDictionary<string, T> before, ImmutableDictionary<string, T> after)
        where T : class
    {
        if (ReferenceEquals(before, after))
            return;
        var changed = after.Where(entry => !ReferenceEquals(before.GetValueOrDefault(entry.Key), entry.Value));
        foreach (var (id, value) in changed)
        {
            database.Execute(
                "INSERT INTO document VALUES (?1, ?2, ?3) ON CONFLICT (kind, id) DO UPDATE SET content = ?3",
                kind, id, JsonSerializer.Serialize(value));
        }
        foreach (var id in before.Keys.Where(id => !after.ContainsKey(id)))
            database.Execute("DELETE FROM document WHERE kind = ?1 AND id = ?2", kind, id);
    }
}
