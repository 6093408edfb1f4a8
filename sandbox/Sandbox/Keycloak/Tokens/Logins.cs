using System.Diagnostics.CodeAnalysis;
using Sandbox.Keycloak.Admin;
using Sandbox.Keycloak.Model;
using Sandbox.Keycloak.Storage;

namespace Sandbox.Keycloak.Tokens;

/// <summary>Authentication of users, their pending required actions, and their sessions.</summary>
internal static class Logins
{
    /// <summary>
    /// Finds a user by username or, if the realm allows it, by e-mail address. Service accounts cannot log in.
    /// </summary>
    public static User? FindUser(Realm realm, string name)
    {
        var normalized = name.Trim().ToLowerInvariant();
        var user = realm.FindUser(normalized)
            ?? (realm.Settings.GetBoolean("loginWithEmailAllowed") ? realm.FindUserByEmail(normalized) : null);
        return user?.ServiceAccountOf is null ? user : null;
    }

    /// <summary>
    /// Whether the password is correct. Counts wrong passwords; always false while the user is locked.
    /// </summary>
    public static bool VerifyPassword(
        KeycloakState state, Realm realm, [NotNullWhen(true)] User? user, string password)
    {
        var now = state.Time.GetUtcNow();
        if (user is null || state.BruteForceProtector.IsLocked(realm, user, now))
            return false;
        if (user.Passwords is [var current, ..] && current.Matches(password))
            return true;
        state.BruteForceProtector.RecordFailure(realm, user, now);
        return false;
    }

    /// <summary>The required actions that the user must complete before a token is issued, in order.</summary>
    public static IReadOnlyList<string> GetPendingActions(Realm realm, User user)
    {
        var actions = user.RequiredActions.ToList();
        if (!actions.Contains("UPDATE_PROFILE") && UserProfile.For(realm).GetInvalidAttributes(user).Count > 0)
            actions.Add("VERIFY_PROFILE");
        if (realm.Settings.GetBoolean("verifyEmail") && !user.Settings.GetBoolean("emailVerified")
            && !actions.Contains("VERIFY_EMAIL"))
            actions.Add("VERIFY_EMAIL");
        return actions;
    }

    /// <summary>
    /// Starts a session, for the login page or, if <paramref name="client"/> is given, for a password grant. Also
    /// removes the expired sessions of the realm.
    /// </summary>
    public static Session StartSession(KeycloakState state, Realm realm, User user, Client? client = null)
    {
        state.BruteForceProtector.Reset(user);
        var now = state.UnixSeconds;
        var session = new Session(KeycloakState.NewSecret(18), realm.Id, user.Id, now, now,
            now + realm.Settings.GetInt32("ssoSessionMaxLifespan"), Browser: client is null)
        {
            Clients = client is null ? [] : [client.Id],
        };
        state.Change(snapshot => snapshot with
        {
            Sessions = snapshot.Sessions
                .RemoveRange(snapshot.Sessions.Values
                    .Where(old => old.RealmId == realm.Id && !old.IsLive(realm, now)).Select(old => old.Id))
                .Add(session.Id, session),
        });
        return session;
    }

    public static Session TouchSession(KeycloakState state, Session session)
    {
        var touched = session with { LastUsed = state.UnixSeconds };
        state.Change(snapshot => snapshot.FindSession(session.Id, session.IsOffline) is null
            ? snapshot : snapshot.With(touched));
        return touched;
    }

    /// <summary>
    /// Renews the session of a user who has entered the password again; null if it is not theirs or has ended.
    /// </summary>
    public static Session? RenewSession(KeycloakState state, Realm realm, User user, string? id)
    {
        if (state.Current.FindSession(id, offline: false) is not { } session
            || session.UserId != user.Id || !session.IsLive(realm, state.UnixSeconds))
            return null;
        state.BruteForceProtector.Reset(user);
        return TouchSession(state, session with { Reauthenticated = state.UnixSeconds });
    }

    public static void EndSession(KeycloakState state, Session session) =>
        state.Change(snapshot => snapshot.Without(session));

    /// <summary>Ends the client's part of a session, and the session with its last client.</summary>
    public static Snapshot WithoutClient(Snapshot snapshot, Session session, Client client)
    {
        if (snapshot.FindSession(session.Id, session.IsOffline) is not { } current)
            return snapshot;
        var clients = current.Clients.Remove(client.Id);
        return clients.IsEmpty ? snapshot.Without(current) : snapshot.With(current with { Clients = clients });
    }
}
