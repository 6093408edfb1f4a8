using System.Collections.Concurrent;
using Sandbox.Keycloak.Model;

namespace Sandbox.Keycloak.Tokens;

/// <summary>The recent failed logins of a user, and the end of the lockout.</summary>
/// <param name="LastAt">Milliseconds since 1970.</param>
/// <param name="LockedUntil">Seconds since 1970.</param>
internal sealed record FailedLogins(int Count, long LastAt, long LockedUntil);

/// <summary>
/// Brute-force protection of realms with <c>bruteForceProtected</c>. With the default settings, two wrong passwords
/// within a second lock the user for a minute. From the thirtieth on, each wrong password locks the user, one minute
/// longer after each further thirty. A lockout ends after its time or by an administrator, not with a new password. As
/// in Keycloak, failures are in memory only: a restart clears them.
/// </summary>
internal sealed class BruteForceProtector
{
    private readonly ConcurrentDictionary<string, FailedLogins> byUser = [];

    public FailedLogins? Find(User user) => byUser.GetValueOrDefault(user.Id);

    public bool IsLocked(Realm realm, User user, DateTimeOffset now) =>
        IsProtected(realm) && Find(user) is { } failures && now.ToUnixTimeSeconds() < failures.LockedUntil;

    public void Reset(User user) => byUser.TryRemove(user.Id, out _);

    public void RecordFailure(Realm realm, User user, DateTimeOffset now)
    {
        if (IsProtected(realm))
            byUser.AddOrUpdate(user.Id, _ => Next(null, realm, now), (_, previous) => Next(previous, realm, now));
    }

    private static FailedLogins Next(FailedLogins? previous, Realm realm, DateTimeOffset now)
    {
        var at = now.ToUnixTimeMilliseconds();
        if (previous is not null && at - previous.LastAt > GetSetting(realm, "maxDeltaTimeSeconds") * 1000L)
            previous = null;
        var count = (previous?.Count ?? 0) + 1;
        var wait = GetSetting(realm, "waitIncrementSeconds") * WaitFactor(realm, count);
        if (wait == 0 && at - previous?.LastAt < GetSetting(realm, "quickLoginCheckMilliSeconds"))
            wait = GetSetting(realm, "minimumQuickLoginWaitSeconds");
        wait = Math.Min(wait, GetSetting(realm, "maxFailureWaitSeconds"));
        return new FailedLogins(count, at, wait == 0 ? 0 : now.ToUnixTimeSeconds() + wait);
    }

    private static int WaitFactor(Realm realm, int count)
    {
        var factor = Math.Max(1, GetSetting(realm, "failureFactor"));
        return realm.Settings.GetString("bruteForceStrategy") == "LINEAR"
            ? Math.Max(0, 1 + count - factor) : count / factor;
    }

    private static bool IsProtected(Realm realm) => realm.Settings.GetBoolean("bruteForceProtected");

    private static int GetSetting(Realm realm, string name) => realm.Settings.GetInt32(name);
}
