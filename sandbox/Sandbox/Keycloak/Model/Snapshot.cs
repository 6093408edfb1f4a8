using System.Collections.Immutable;

namespace Sandbox.Keycloak.Model;

/// <summary>An immutable snapshot of all stored data; each change creates a new one, so changes are atomic.</summary>
public sealed record Snapshot
{
    public static readonly Snapshot Empty = new();

    /// <summary>By id.</summary>
    public ImmutableDictionary<string, Realm> Realms { get; init; } = ImmutableDictionary<string, Realm>.Empty;

    /// <summary>By id: the active logins.</summary>
    public ImmutableDictionary<string, Session> Sessions { get; init; } = ImmutableDictionary<string, Session>.Empty;

    /// <summary>By id: the sessions of offline tokens.</summary>
    public ImmutableDictionary<string, Session> OfflineSessions { get; init; } =
        ImmutableDictionary<string, Session>.Empty;

    /// <summary>By the token's id.</summary>
    public ImmutableDictionary<string, RevokedToken> RevokedTokens { get; init; } =
        ImmutableDictionary<string, RevokedToken>.Empty;

    /// <summary>By realm id; created on first use.</summary>
    public ImmutableDictionary<string, RealmKeys> Keys { get; init; } = ImmutableDictionary<string, RealmKeys>.Empty;

    public Realm Master => Find(Realm.MasterName)!;

    public Realm? Find(string name) => Realms.Values.FirstOrDefault(realm => realm.Name == name);

    public Snapshot With(Realm realm) => this with { Realms = Realms.SetItem(realm.Id, realm) };

    public Snapshot With(Session session) => session.IsOffline
        ? this with { OfflineSessions = OfflineSessions.SetItem(session.Id, session) }
        : this with { Sessions = Sessions.SetItem(session.Id, session) };

    public Snapshot Without(Session session) => session.IsOffline
        ? this with { OfflineSessions = OfflineSessions.Remove(session.Id) }
        : this with { Sessions = Sessions.Remove(session.Id) };

    public Session? FindSession(string? id, bool offline) =>
        (offline ? OfflineSessions : Sessions).GetValueOrDefault(id ?? "");

    /// <summary>The live session, online or offline, in which the client has tokens.</summary>
    public Session? FindLiveSession(string id, Realm realm, Client client, long now) =>
        ((Session?[])[FindSession(id, offline: false), FindSession(id, offline: true)])
            .FirstOrDefault(session => session?.IsLive(realm, now) == true && session.Clients.Contains(client.Id));

    /// <summary>Removes the realm, its sessions and keys, and its admin client in master.</summary>
    public Snapshot Without(Realm realm) => this with
    {
        Realms = Realms.Remove(realm.Id).SetItem(Master.Id, Master.Without(realm.GetAdminClient(Master))),
        Sessions = Sessions.RemoveRange(Sessions.Values.Where(s => s.RealmId == realm.Id).Select(s => s.Id)),
        OfflineSessions = OfflineSessions.RemoveRange(
            OfflineSessions.Values.Where(s => s.RealmId == realm.Id).Select(s => s.Id)),
        Keys = Keys.Remove(realm.Id),
    };
}
