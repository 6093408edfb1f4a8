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

    /// <summary>By realm id; created on first use.</summary>
    public ImmutableDictionary<string, RealmKeys> Keys { get; init; } = ImmutableDictionary<string, RealmKeys>.Empty;

    public Realm Master => Find(Realm.MasterName)!;

    public Realm? Find(string name) => Realms.Values.FirstOrDefault(realm => realm.Name == name);

    public Snapshot With(Realm realm) => this with { Realms = Realms.SetItem(realm.Id, realm) };

    public Snapshot With(Session session) => this with { Sessions = Sessions.SetItem(session.Id, session) };

    /// <summary>Removes the realm, its sessions and keys, and its admin client in master.</summary>
    public Snapshot Without(Realm realm) => this with
    {
        Realms = Realms.Remove(realm.Id).SetItem(Master.Id, Master.Without(realm.GetAdminClient(Master))),
        Sessions = Sessions.RemoveRange(Sessions.Values.Where(s => s.RealmId == realm.Id).Select(s => s.Id)),
        Keys = Keys.Remove(realm.Id),
    };
}
