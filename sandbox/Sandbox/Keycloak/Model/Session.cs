using System.Collections.Immutable;

namespace Sandbox.Keycloak.Model;

/// <summary>
/// A login of a user to one client or, through the browser's cookie, to several. Started: the authentication. LastUsed:
/// the last token request. Ends: the absolute expiry. All three are in seconds since 1970. Browser: the session began
/// on the login page; its tokens carry auth_time.
/// </summary>
public sealed record Session(
    string Id, string RealmId, string UserId, long Started, long LastUsed, long Ends, bool Browser)
{
    /// <summary>Ids of the clients that have tokens of this session; a removed client gets no further ones.</summary>
    public ImmutableHashSet<string> Clients { get; init; } = [];

    /// <summary>The refresh token that each client used last, in a realm that revokes used ones.</summary>
    public ImmutableDictionary<string, UsedRefreshToken> RefreshTokens { get; init; } =
        ImmutableDictionary<string, UsedRefreshToken>.Empty;

    /// <summary>
    /// Whether the session belongs to offline tokens: it survives the logout, with the id of the online session.
    /// </summary>
    public bool IsOffline { get; init; }

    /// <summary>The last entry of the password, if it was repeated; in seconds since 1970.</summary>
    public long? Reauthenticated { get; init; }

    /// <summary>The client's address; null in sessions stored by earlier versions.</summary>
    public string? Address { get; init; }

    public long AuthTime => Reauthenticated ?? Started;

    public bool IsLive(Realm realm, long now) => now < Ends
        && now < LastUsed + realm.Settings.GetInt32(IsOffline ? "offlineSessionIdleTimeout" : "ssoSessionIdleTimeout");
}

/// <param name="Id">The token's id.</param>
/// <param name="Reuses">How often it was used after the first time.</param>
/// <param name="At">The last use, in seconds since 1970.</param>
public sealed record UsedRefreshToken(string Id, int Reuses, long At);
