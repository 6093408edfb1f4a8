using System.Collections.Concurrent;
using Sandbox.Keycloak.Model;

namespace Sandbox.Keycloak.Tokens;

/// <summary>The recent failed logins of a user, and the end of the lockout.</summary>
/// <param name="LastAt">Milliseconds since 1970.</param>
/// <param name="LockedUntil">Seconds since 1970.</param>
internal sealed record Failures(int Count, long LastAt, long LockedUntil);

/// <summary>
/// Brute-force protection of realms with <c>bruteForceProtected</c>. With the default settings, two wrong passwords
/// within a second lock the user for a minute. From the thirtieth on, each wrong password locks the user, one minute
/// longer after each further thirty. A lockout ends after its time or by an administrator, not with a new password. As
/// in Keycloak, failures are in memory only: a restart clears them.
/// </summary>
internal sealed class Lockouts
{
    private readonly ConcurrentDictionary<string, Failures> byUser = [];

    public Failures? Of(User user) => byUser.GetValueOrDefault(user.Id);

    public bool IsLocked(Realm realm, User user, DateTimeOffset now) =>
        IsProtected(realm) && Of(user) is { } failures && now.ToUnixTimeSeconds() < failures.LockedUntil;

    public void Forget(User user) => byUser.TryRemove(user.Id, out _);

    public void Count(Realm realm, User user, DateTimeOffset now)
    {
        if (IsProtected(realm))
            byUser.AddOrUpdate(user.Id, _ => After(null, realm, now), (_, before) => After(before, realm, now));
    }

    private static Failures After(Failures? before, Realm realm, DateTimeOffset now)
    {
        var at = now.ToUnixTimeMilliseconds();
        if (before is not null && at - before.LastAt > Setting(realm, "maxDeltaTimeSeconds") * 1000L)
            before = null;
        var count = (before?.Count ?? 0) + 1;
        var wait = Setting(realm, "waitIncrementSeconds") * Steps(realm, count);
        if (wait == 0 && before is not null && at - before.LastAt < Setting(realm, "quickLoginCheckMilliSeconds"))
            wait = Setting(realm, "minimumQuickLoginWaitSeconds");
        wait = Math.Min(wait, Setting(realm, "maxFailureWaitSeconds"));
        return new Failures(count, at, wait == 0 ? 0 : now.ToUnixTimeSeconds() + wait);
    }

    private static int Steps(Realm realm, int count)
    {
        var factor = Math.Max(1, Setting(realm, "failureFactor"));
        return realm.Settings.Text("bruteForceStrategy") == "LINEAR" ? Math.Max(0, 1 + count - factor) : count / factor;
    }

    private static bool IsProtected(Realm realm) => realm.Settings.Flag("bruteForceProtected");

    private static int Setting(Realm realm, string name) => realm.Settings.Number(name);
}
