using System.Collections.Immutable;

namespace Sandbox.Keycloak.Model;

/// <summary>
/// A login of one user by one client or, through the browser's cookie, by several. It started when the user proved who
/// they are, was last used when a token was drawn from it, and ends used or not; all three in seconds since 1970.
/// Tokens of one that began on the login page (Browser) carry auth_time.
/// </summary>
public sealed record Session(
    string Id, string RealmId, string UserId, long Started, long LastUsed, long Ends, bool Browser)
{
    /// <summary>
    /// Ids of the clients that have drawn tokens from it. One that is taken out gets no further ones.
    /// </summary>
    public ImmutableHashSet<string> Clients { get; init; } = [];

    public bool IsLive(Realm realm, long now) =>
        now < Ends && now < LastUsed + realm.Settings.Number("ssoSessionIdleTimeout");
}
