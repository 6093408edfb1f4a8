using System.Security.Cryptography;
using Sandbox.Keycloak.Admin;
using Sandbox.Keycloak.Model;
using Sandbox.Keycloak.Oidc;
using Sandbox.Keycloak.Tokens;

namespace Sandbox.Keycloak.Storage;

/// <summary>
/// Holds the data, in a file or, without one, in memory. Readers never wait; changes are serialized and are written to
/// the file before readers see them.
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

    /// <summary>A cryptographically random id.</summary>
    public static string NewSecretId() => new Guid(RandomNumberGenerator.GetBytes(16)).ToString();

    /// <summary>A cryptographically random text of <paramref name="bytes"/> bytes, Base64url-encoded.</summary>
    public static string NewSecret(int bytes) =>
        System.Buffers.Text.Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(bytes));

    /// <summary>Writes the change to the file, then makes it visible. After an exception nothing has changed.</summary>
    public World Change(Func<World, World> change)
    {
        lock (writing)
        {
            var changed = change(current);
            file.Save(current, changed);
            return current = changed;
        }
    }

    /// <summary>The keys of a realm, created and stored on first use.</summary>
    public RealmKeys KeysOf(Realm realm)
    {
        if (current.Keys.TryGetValue(realm.Id, out var known))
            return known;
        var made = RealmKeys.Create(realm.Name, Time.GetUtcNow());
        // If several threads create keys at once, the first ones are kept.
        return Change(world => world.Keys.ContainsKey(realm.Id)
            ? world : world with { Keys = world.Keys.Add(realm.Id, made) }).Keys[realm.Id];
    }

    public void Dispose() => file.Dispose();
}
