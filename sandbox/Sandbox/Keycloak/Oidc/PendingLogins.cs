using System.Collections.Concurrent;
using Sandbox.Keycloak.Model;
using Sandbox.Keycloak.Storage;

namespace Sandbox.Keycloak.Oidc;

/// <summary>An issued authorization code, which can be redeemed once.</summary>
internal sealed record AuthorizationCode(string RealmId, string SessionId, AuthorizationRequest Request, long Expires);

/// <summary>Logins in progress and unused codes, in memory only: as in Keycloak, a restart ends them.</summary>
internal sealed class PendingLogins
{
    private readonly ConcurrentDictionary<string, LoginAttempt> attempts = [];
    private readonly ConcurrentDictionary<string, AuthorizationCode> codes = [];

    public LoginAttempt Start(KeycloakState state, Realm realm, AuthorizationRequest request, string? browserId)
    {
        RemoveExpired(state.UnixSeconds - realm.Settings.GetInt32("accessCodeLifespanLogin"));
        var attempt = new LoginAttempt
        {
            TabId = KeycloakState.NewSecret(8),
            BrowserId = browserId ?? KeycloakState.NewSecret(32),
            RealmId = realm.Id,
            Request = request,
            Started = state.UnixSeconds,
            SessionCode = KeycloakState.NewSecret(32),
        };
        return Save(attempt);
    }

    public LoginAttempt? Find(string? tabId, string? browserId, Realm realm) =>
        attempts.GetValueOrDefault(tabId ?? "") is { } attempt
        && attempt.BrowserId == browserId && attempt.RealmId == realm.Id ? attempt : null;

    public LoginAttempt Save(LoginAttempt attempt) => attempts[attempt.TabId] = attempt;

    /// <summary>Gives the attempt a new session code, for its next page.</summary>
    public LoginAttempt RenewSessionCode(LoginAttempt attempt) =>
        Save(attempt with { SessionCode = KeycloakState.NewSecret(32) });

    public string AddCode(string code, AuthorizationCode content)
    {
        codes[code] = content;
        return code;
    }

    /// <summary>Removes and returns the code, so that it can be redeemed only once.</summary>
    public AuthorizationCode? TakeCode(string code) => codes.TryRemove(code, out var content) ? content : null;

    private void RemoveExpired(long before)
    {
        foreach (var attempt in attempts.Values.Where(attempt => attempt.Started < before))
            attempts.TryRemove(attempt.TabId, out _);
        foreach (var code in codes.Where(code => code.Value.Expires < before))
            codes.TryRemove(code.Key, out _);
    }
}
