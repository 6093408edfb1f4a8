using System.Text.Json.Nodes;
using Sandbox.Keycloak.Http;
using Sandbox.Keycloak.Model;

namespace Sandbox.Keycloak.Admin;

/// <summary>Users of a realm: <c>/admin/realms/{realm}/users</c>.</summary>
internal static class UsersApi
{
    private const string Representation = "UserRepresentation";

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
        request.Require("view-users", "manage-users", "query-users");
        var access = new JsonObject { ["manage"] = request.Caller.Has(request.Realm, "manage-users") };
        return KeycloakJson.Ok(Visible(request, search)
            .Skip(Math.Max(0, search.First ?? 0)).Take(search.Max is >= 0 and var max ? max : 100)
            .Select(user => UserShown.As(request.Realm, user, access.DeepClone().AsObject()))
            .Select(shown => search.BriefRepresentation == true ? UserShown.Brief(shown) : shown));
    }

    private static IResult Count(AdminRequest request, [AsParameters] UserSearch search)
    {
        request.Require("view-users", "manage-users", "query-users");
        return KeycloakJson.Ok(JsonValue.Create(Visible(request, search).Count()));
    }

    private static async Task<IResult> CreateAsync(AdminRequest request)
    {
        request.Require("manage-users");
        var sent = await request.ReadAsync(Representation);
        User? made = null;
        request.Change(realm => realm.With(made = new UserFactory(request.State).New(realm, sent)));
        return new Created($"{request.Path}/users/{made!.Id}");
    }

    private static IResult Get(AdminRequest request, string id)
    {
        request.Require("view-users", "manage-users");
        var manages = request.Caller.Has(request.Realm, "manage-users");
        return KeycloakJson.Ok(UserShown.As(request.Realm, request.User(id), new JsonObject
        {
            ["manageGroupMembership"] = manages,
            ["resetPassword"] = manages,
            ["view"] = true,
            ["mapRoles"] = manages,
            ["impersonate"] = request.Caller.Has(request.Realm, AdminRoles.Impersonation),
            ["manage"] = manages,
        }));
    }

    private static async Task<IResult> UpdateAsync(AdminRequest request, string id)
    {
        request.Require("manage-users");
        request.User(id);
        var sent = await request.ReadAsync(Representation);
        request.Change(realm => realm.With(new UserFactory(request.State).Changed(realm, Known(realm, id), sent)));
        return Results.NoContent();
    }

    private static IResult Delete(AdminRequest request, string id)
    {
        request.Require("manage-users");
        var user = request.User(id);
        request.State.Change(world => WithoutLogins(world, user) is var changed
            && changed.Realms.GetValueOrDefault(request.Realm.Id) is { } realm
                ? changed.With(realm.Without(user)) : throw Refusal.NoRealm);
        return Results.NoContent();
    }

    private static IResult Logout(AdminRequest request, string id)
    {
        request.Require("manage-users");
        var user = request.User(id);
        request.State.Change(world => WithoutLogins(world, user));
        return Results.NoContent();
    }

    private static World WithoutLogins(World world, User user) => world with
    {
        Sessions = world.Sessions.RemoveRange(
            world.Sessions.Values.Where(session => session.UserId == user.Id).Select(session => session.Id)),
    };

    private static User Known(Realm realm, string id) =>
        realm.Users.GetValueOrDefault(id) ?? throw Refusal.Error(404, "User not found");

    private static IEnumerable<User> Visible(AdminRequest request, UserSearch search) =>
        request.Caller.Has(request.Realm, "view-users", "manage-users")
            ? request.Realm.Users.Values
                .Where(user => user.ServiceAccountOf is null && search.Finds(user))
                .OrderBy(user => user.Username, StringComparer.Ordinal)
            : [];
}
