using System.Text.Json.Nodes;
using Sandbox.Keycloak.Http;
using Sandbox.Keycloak.Model;
using Sandbox.Keycloak.Tokens;

namespace Sandbox.Keycloak.Admin;

/// <summary>The sessions of offline tokens: their list, their number, and the end of a client's sessions.</summary>
internal static class OfflineSessionsApi
{
    public static void MapOfflineSessions(this IEndpointRouteBuilder app)
    {
        var realm = app.MapGroup("/admin/realms/{realm}");
        realm.MapGet("users/{id}/offline-sessions/{client}", List);
        realm.MapDelete("users/{id}/consents/{clientId}", Revoke);
        realm.MapGet("clients/{id}/offline-session-count", Count);
    }

    public static Snapshot Without(Snapshot snapshot, User user) => snapshot with
    {
        OfflineSessions = snapshot.OfflineSessions.RemoveRange(
            snapshot.OfflineSessions.Values.Where(session => session.UserId == user.Id).Select(session => session.Id)),
    };

    private static IResult List(AdminRequest request, string id, string client)
    {
        request.RequireAnyRole("view-users", "manage-users");
        var user = request.GetUser(id);
        var found = request.Realm.Clients.GetValueOrDefault(client)
            ?? throw KeycloakException.Error(404, "Client not found");
        return KeycloakJson.Ok(Find(request, found).Where(session => session.UserId == user.Id)
            .Select(session => ToRepresentation(request.Realm, user, session)));
    }

    private static IResult Count(AdminRequest request, string id)
    {
        request.RequireAnyRole("view-clients", "manage-clients");
        var client = request.GetClient(id);
        return KeycloakJson.Ok(new JsonObject { ["count"] = Find(request, client).Count() });
    }

    private static IResult Revoke(AdminRequest request, string id, string clientId)
    {
        request.RequireAnyRole("manage-users");
        var user = request.GetUser(id);
        var client = request.Realm.FindClient(clientId) ?? throw KeycloakException.Error(404, "Client not found");
        var sessions = Find(request, client).Where(session => session.UserId == user.Id).ToList();
        if (sessions.Count == 0)
            throw KeycloakException.Error(404, "Consent nor offline token not found");
        request.State.Change(snapshot => sessions.Aggregate(
            snapshot, (changed, session) => Logins.WithoutClient(changed, session, client)));
        return Results.NoContent();
    }

    private static IEnumerable<Session> Find(AdminRequest request, Client client) =>
        request.Caller.Snapshot.OfflineSessions.Values.Where(session => session.RealmId == request.Realm.Id
            && session.Clients.Contains(client.Id) && session.IsLive(request.Realm, request.State.UnixSeconds));

    private static JsonObject ToRepresentation(Realm realm, User user, Session session) => new()
    {
        ["id"] = session.Id,
        ["username"] = user.Username,
        ["userId"] = user.Id,
        ["ipAddress"] = session.Address,
        ["start"] = session.Started * 1000,
        ["lastAccess"] = session.LastUsed * 1000,
        ["rememberMe"] = false,
        ["clients"] = new JsonObject(session.Clients.Where(realm.Clients.ContainsKey)
            .Select(id => KeyValuePair.Create<string, JsonNode?>(id, realm.Clients[id].ClientId))),
        ["transientUser"] = false,
    };
}
