using Sandbox.Keycloak.Http;
using Sandbox.Keycloak.Model;

namespace Sandbox.Keycloak.Tokens;

/// <summary>Sessions of offline tokens (scope offline_access).</summary>
internal static class OfflineSessions
{
    private const string Role = "offline_access";

    /// <summary>
    /// Returns the session for the tokens of a new login. With the scope offline_access, the client's part of the
    /// online session becomes an offline session.
    /// </summary>
    public static TokenSubject Enter(HttpContext context, TokenSubject subject, TokenScope scope)
    {
        if (!scope.IsOffline)
            return subject;
        if (subject.Session is not { } online)
            throw KeycloakException.NotImplemented("offline tokens of a service account");
        if (!subject.Realm.Expand(subject.User.Roles).Any(role => role.ClientId is null && role.Name == Role))
        {
            throw KeycloakException.OAuthError(
                400, "not_allowed", "Offline tokens not allowed for the user or client");
        }
        return subject with { Session = Start(context, subject, online) };
    }

    private static Session Start(HttpContext context, TokenSubject subject, Session online)
    {
        var state = context.GetState();
        var settings = subject.Realm.Settings;
        var now = state.UnixSeconds;
        var offline = online with
        {
            IsOffline = true,
            LastUsed = now,
            Ends = settings.GetBoolean("offlineSessionMaxLifespanEnabled")
                ? now + settings.GetInt32("offlineSessionMaxLifespan") : long.MaxValue,
            Address = context.Connection.RemoteIpAddress?.ToString(),
            Clients = [subject.Client.Id],
            RefreshTokens = online.RefreshTokens.Clear(),
        };
        state.Change(snapshot =>
        {
            if (snapshot.FindSession(online.Id, offline: true) is { } existing)
                offline = offline with { Clients = existing.Clients.Add(subject.Client.Id) };
            return Logins.WithoutClient(snapshot, online, subject.Client).With(offline);
        });
        return offline;
    }
}
