using System.Text.Json.Nodes;
using Sandbox.Keycloak.Http;
using Sandbox.Keycloak.Model;

namespace Sandbox.Keycloak.Admin;

/// <summary>Users of a realm: <c>/admin/realms/{realm}/users</c>.</summary>
internal static class UsersApi
{
    private const string Representation = "UserRepresentation";
    private static readonly string[] UnplayedFilters = ["createdAfter", "createdBefore", "idpAlias", "idpUserId"];

    public static void MapUsers(this IEndpointRouteBuilder app)
    {
        var users = app.MapGroup("/admin/realms/{realm}/users");
        users.MapGet("", List);
        users.MapPost("", CreateAsync);
        users.MapGet("count", Count);
        users.MapGet("{id}", Get);
        users.MapPut("{id}", UpdateAsync);
        users.MapDelete("{id}", Delete);
        users.MapPost("{id}/logout", Logout);
    }

    private static IResult List(AdminRequest request, [AsParameters] UserSearch search)
    {
        request.RequireAnyRole("view-users", "manage-users", "query-users");
        request.RejectUnplayed(UnplayedFilters);
        var access = new JsonObject { ["manage"] = request.Caller.HasAnyRole(request.Realm, "manage-users") };
        return KeycloakJson.Ok(FindVisible(request, search)
            .Skip(Math.Max(0, search.First ?? 0)).Take(search.Max is >= 0 and var max ? max : 100)
            .Select(user => UserRepresentation.Create(request.Realm, user, access.DeepClone().AsObject()))
            .Select(user => search.BriefRepresentation == true ? UserRepresentation.KeepBriefFields(user) : user));
    }

    private static IResult Count(AdminRequest request, [AsParameters] UserSearch search)
    {
        request.RequireAnyRole("view-users", "manage-users", "query-users");
        request.RejectUnplayed(UnplayedFilters);
        return KeycloakJson.Ok(JsonValue.Create(FindVisible(request, search).Count()));
    }

    private static async Task<IResult> CreateAsync(AdminRequest request)
    {
        request.RequireAnyRole("manage-users");
        var sent = await request.ReadAsync(Representation);
        User? created = null;
        request.ChangeRealm(realm => realm.With(created = new UserFactory(request.State).Create(realm, sent)));
        return new CreatedResult($"{request.RealmPath}/users/{created!.Id}");
    }

    private static IResult Get(AdminRequest request, string id)
    {
        request.RequireAnyRole("view-users", "manage-users");
        var canManage = request.Caller.HasAnyRole(request.Realm, "manage-users");
        return KeycloakJson.Ok(UserRepresentation.Create(request.Realm, request.GetUser(id), new JsonObject
        {
            ["manageGroupMembership"] = canManage,
            ["resetPassword"] = canManage,
            ["view"] = true,
            ["mapRoles"] = canManage,
            ["impersonate"] = request.Caller.HasAnyRole(request.Realm, AdminRoles.Impersonation),
            ["manage"] = canManage,
        }));
    }

    private static async Task<IResult> UpdateAsync(AdminRequest request, string id)
    {
        request.RequireAnyRole("manage-users");
        request.GetUser(id);
        var sent = await request.ReadAsync(Representation);
        request.ChangeRealm(realm => realm.With(new UserFactory(request.State).Update(
            realm, realm.Users.GetValueOrDefault(id) ?? throw Deleted, sent)));
        return Results.NoContent();
    }

    private static IResult Delete(AdminRequest request, string id)
    {
        request.RequireAnyRole("manage-users");
        var user = request.GetUser(id);
        request.State.Change(snapshot => WithoutSessions(snapshot, user) is var changed
            && changed.Realms.GetValueOrDefault(request.Realm.Id) is { } realm
                ? OfflineSessionsApi.Without(changed, user).With(realm.Without(user))
                : throw KeycloakException.RealmNotFound);
        return Results.NoContent();
    }

    private static IResult Logout(AdminRequest request, string id)
    {
        request.RequireAnyRole("manage-users");
        var user = request.GetUser(id);
        // Offline sessions stay, but their tokens become stale.
        var now = request.State.UnixSeconds;
        request.State.Change(snapshot => WithoutSessions(snapshot, user) is var changed
            && changed.Realms.GetValueOrDefault(request.Realm.Id) is { } realm
            && realm.Users.TryGetValue(user.Id, out var current)
                ? changed.With(realm.With(current with { NotBefore = now })) : changed);
        return Results.NoContent();
    }

    private static Snapshot WithoutSessions(Snapshot snapshot, User user) => snapshot with
    {
        Sessions = snapshot.Sessions.RemoveRange(
            snapshot.Sessions.Values.Where(session => session.UserId == user.Id).Select(session => session.Id)),
    };

    private static KeycloakException Deleted => KeycloakException.ErrorMessage(500, "Database operation failed");

    private static IEnumerable<User> FindVisible(AdminRequest request, UserSearch search) =>
        request.Caller.HasAnyRole(request.Realm, "view-users", "manage-users")
            ? request.Realm.Users.Values
                .Where(user => user.ServiceAccountOf is null && search.Matches(user))
                .OrderBy(user => user.Username, StringComparer.Ordinal)
            : [];
}
