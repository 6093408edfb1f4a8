using System.Security.Cryptography;
using Sandbox.Keycloak.Admin;
using Sandbox.Keycloak.Http;
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
    private readonly Lock writeLock = new();
    private readonly KeycloakFile file;
    private volatile Snapshot current;

    public KeycloakState(string? path, KeycloakOptions options, TimeProvider time)
    {
        Time = time;
        file = new KeycloakFile(path);
        current = file.Load();
        if (current.Realms.IsEmpty)
            Change(snapshot => new RealmFactory(this).Bootstrap(snapshot, options));
    }

    public TimeProvider Time { get; }

    public Snapshot Current => current;

    internal PendingLogins PendingLogins { get; } = new();

    internal BruteForceProtector BruteForceProtector { get; } = new();

    public long UnixSeconds => Time.GetUtcNow().ToUnixTimeSeconds();

    public string NewId() => Guid.CreateVersion7(Time.GetUtcNow()).ToString();

    /// <summary>A cryptographically random id.</summary>
    public static string NewSecretId() => new Guid(RandomNumberGenerator.GetBytes(16)).ToString();

    /// <summary>A cryptographically random text of <paramref name="bytes"/> bytes, Base64url-encoded.</summary>
    public static string NewSecret(int bytes) =>
        System.Buffers.Text.Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(bytes));

    /// <summary>Writes the change to the file, then makes it visible. After an exception nothing has changed.</summary>
    public Snapshot Change(Func<Snapshot, Snapshot> change)
    {
        lock (writeLock)
        {
            var changed = change(current);
            file.Save(current, changed);
            return current = changed;
        }
    }

    /// <exception cref="KeycloakException">404: the realm does not exist.</exception>
    internal Realm GetRealm(string name) =>
        current.Find(name) ?? throw KeycloakException.Error(404, "Realm does not exist");

    /// <summary>The keys of a realm, created and stored on first use.</summary>
    public RealmKeys GetKeys(Realm realm)
    {
        if (current.Keys.TryGetValue(realm.Id, out var existing))
            return existing;
        var created = RealmKeys.Create(realm.Name, Time.GetUtcNow());
        // If several threads create keys at once, the first ones are kept.
        return Change(snapshot => snapshot.Keys.ContainsKey(realm.Id)
            ? snapshot : snapshot with { Keys = snapshot.Keys.Add(realm.Id, created) }).Keys[realm.Id];
    }

    public void Dispose() => file.Dispose();
}
