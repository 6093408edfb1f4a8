using System.Text.Json.Nodes;
using Sandbox.Keycloak.Http;
using Sandbox.Keycloak.Model;

namespace Sandbox.Keycloak.Admin;

/// <summary>Role mappings of a user: <c>/admin/realms/{realm}/users/{id}/role-mappings</c>.</summary>
internal static class RoleMappingsApi
{
    public static void MapRoleMappings(this IEndpointRouteBuilder app)
    {
        var mappings = app.MapGroup("/admin/realms/{realm}/users/{id}/role-mappings");
        mappings.MapGet("", All);
        foreach (var path in (string[])["realm", "clients/{client}"])
        {
            mappings.MapGet(path, Held);
            mappings.MapGet(path + "/composite", Effective);
            mappings.MapGet(path + "/available", Available);
            mappings.MapPost(path, AddAsync);
            mappings.MapDelete(path, RemoveAsync);
        }
    }

    private static IResult All(AdminRequest request, string id)
    {
        var held = HeldBy(request, id).ToList();
        var shown = new JsonObject();
        if (held.Any(role => role.ClientId is null))
            shown["realmMappings"] = new JsonArray([.. Shown(request, held.Where(role => role.ClientId is null))]);
        var clients = held.Where(role => role.ClientId is not null)
            .GroupBy(role => request.Realm.Clients[role.ClientId!]);
        foreach (var roles in clients)
        {
            shown["clientMappings"] ??= new JsonObject();
            shown["clientMappings"]![roles.Key.ClientId] = new JsonObject
            {
                ["id"] = roles.Key.Id,
                ["client"] = roles.Key.ClientId,
                ["mappings"] = new JsonArray([.. Shown(request, roles)]),
            };
        }
        return KeycloakJson.Ok(shown);
    }

    private static IResult Held(AdminRequest request, string id, string? client)
    {
        var container = VisibleContainer(request, client);
        return KeycloakJson.Ok(Shown(request, HeldBy(request, id).Where(role => role.ClientId == container?.Id)));
    }

    private static IResult Effective(AdminRequest request, string id, string? client)
    {
        var container = VisibleContainer(request, client);
        var roles = request.Realm.Expand(HeldBy(request, id).Select(role => role.Id));
        return KeycloakJson.Ok(Shown(request, roles.Where(role => role.ClientId == container?.Id)));
    }

    private static IResult Available(AdminRequest request, string id, string? client)
    {
        var container = Container(request, client);
        var held = HeldBy(request, id).ToList();
        var open = request.Realm.RolesOf(container).Except(held).Where(role => MayGive(request, role));
        return KeycloakJson.Ok(Shown(request, open));
    }

    private static Task<IResult> AddAsync(AdminRequest request, string id, string? client) =>
        ChangeAsync(request, id, client, (user, roles) => user with { Roles = user.Roles.Union(roles) });

    private static Task<IResult> RemoveAsync(AdminRequest request, string id, string? client) =>
        ChangeAsync(request, id, client, (user, roles) => user with { Roles = user.Roles.Except(roles) });

    private static async Task<IResult> ChangeAsync(
        AdminRequest request, string id, string? client, Func<User, IEnumerable<string>, User> change)
    {
        request.Require("manage-users");
        request.User(id);
        var container = Container(request, client);
        var sent = await request.ReadArrayAsync("RoleRepresentation");
        var roles = sent.Select(role => Find(request, container, role)).ToList();
        if (!roles.All(role => MayGive(request, role)))
            throw Refusal.Forbidden;
        request.Change(realm => realm.Users.TryGetValue(id, out var user)
            ? realm.With(change(user, roles.Select(role => role.Id)))
            : throw Refusal.Error(404, "User not found"));
        return Results.NoContent();
    }

    /// <summary>Only a caller with an administrative role may assign that role.</summary>
    private static bool MayGive(AdminRequest request, Role role) =>
        !AdminRoles.IsAdministrative(request.Realm, role) || request.Caller.IsAdmin || request.Caller.Holds(role)
        || (role.ClientId is not null && MayGiveOver(request, role.Name));

    private static bool MayGiveOver(AdminRequest request, string name) => name switch
    {
        "query-users" or "query-groups" or "query-clients" or "query-realms" or "query-organizations" => true,
        "view-users" => request.Caller.Has(request.Realm, name, "manage-users"),
        "view-clients" => request.Caller.Has(request.Realm, name, "manage-clients"),
        "view-realm" => request.Caller.Has(request.Realm, name, "manage-realm"),
        _ => request.Caller.Has(request.Realm, name),
    };

    /// <summary>Finds the role by id and name; both must match.</summary>
    private static Role Find(AdminRequest request, Client? container, Document sent) =>
        sent.Text("name") is { } name && request.Realm.RoleNamed(name, container) is { } role
            && role.Id == sent.Text("id")
            ? role : throw Refusal.Error(404, "Role not found");

    private static Client? Container(AdminRequest request, string? client) => client is null
        ? null
        : request.Realm.Clients.GetValueOrDefault(client) ?? throw Refusal.Error(404, "Client not found");

    /// <summary>Reading a client's roles requires the right to view the client.</summary>
    private static Client? VisibleContainer(AdminRequest request, string? client)
    {
        if (client is not null)
            request.Require("view-clients", "manage-clients");
        return Container(request, client);
    }

    private static IEnumerable<Role> HeldBy(AdminRequest request, string id)
    {
        request.Require("view-users", "manage-users");
        return request.User(id).Roles.Select(role => request.Realm.Roles[role]);
    }

    private static IEnumerable<JsonObject> Shown(AdminRequest request, IEnumerable<Role> roles) =>
        roles.Select(role => RoleFactory.Shown(request.Realm, role));
}
