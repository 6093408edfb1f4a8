using System.Security.Cryptography;
using Sandbox.Keycloak.Admin;
using Sandbox.Keycloak.Model;
using Sandbox.Keycloak.Oidc;
using Sandbox.Keycloak.Tokens;

namespace Sandbox.Keycloak.Storage;

/// <summary>
/// Holds the world, in a file or, without one, in memory: anybody reads it without waiting, changes happen one after
/// the other and are in the file before they are seen.
/// </summary>
public sealed class KeycloakState : IDisposable
{
    private readonly Lock writing = new();
    private readonly KeycloakFile file;
    private volatile World current;

    public KeycloakState(string? path, KeycloakOptions options, TimeProvider time)
    {
        Time = time;
        file = new KeycloakFile(path);
        current = file.Load();
        if (current.Realms.IsEmpty)
            Change(world => new RealmFactory(this).Bootstrap(world, options));
    }

    public TimeProvider Time { get; }

    public World Current => current;

    internal PendingLogins Pending { get; } = new();

    internal Lockouts Lockouts { get; } = new();

    public long Seconds => Time.GetUtcNow().ToUnixTimeSeconds();

    public string NewId() => Guid.CreateVersion7(Time.GetUtcNow()).ToString();

    /// <summary>An id that nobody can guess.</summary>
    public static string NewSecretId() => new Guid(RandomNumberGenerator.GetBytes(16)).ToString();

    /// <summary>A random text of <paramref name="bytes"/> bytes that nobody can guess.</summary>
    public static string NewSecret(int bytes) =>
        System.Buffers.Text.Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(bytes));

    /// <summary>Makes the change durable, then visible. If it throws, nothing has happened.</summary>
    public World Change(Func<World, World> change)
    {
        lock (writing)
        {
            var changed = change(current);
            file.Save(current, changed);
            return current = changed;
        }
    }

    /// <summary>The keys of a realm, made and stored when they are first asked for.</summary>
    public RealmKeys KeysOf(Realm realm)
    {
        if (current.Keys.TryGetValue(realm.Id, out var known))
            return known;
        var made = RealmKeys.Create(realm.Name, Time.GetUtcNow());
        // Of several who make them at once, the first one's count.
        return Change(world => world.Keys.ContainsKey(realm.Id)
            ? world : world with { Keys = world.Keys.Add(realm.Id, made) }).Keys[realm.Id];
    }

    public void Dispose() => file.Dispose();
}
