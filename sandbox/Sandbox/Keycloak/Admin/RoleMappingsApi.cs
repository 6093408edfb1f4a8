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
        mappings.MapGet("", GetAll);
        foreach (var path in (string[])["realm", "clients/{client}"])
        {
            mappings.MapGet(path, GetAssigned);
            mappings.MapGet(path + "/composite", GetEffective);
            mappings.MapGet(path + "/available", GetAvailable);
            mappings.MapPost(path, AddAsync);
            mappings.MapDelete(path, RemoveAsync);
        }
    }

    private static IResult GetAll(AdminRequest request, string id)
    {
        var assigned = GetAssignedRoles(request, id).ToList();
        var realmRoles = assigned.Where(role => role.ClientId is null).ToList();
        var mappings = new JsonObject();
        if (realmRoles.Count > 0)
            mappings["realmMappings"] = new JsonArray([.. ToRepresentations(request, realmRoles)]);
        var clients = assigned.Where(role => role.ClientId is not null)
            .GroupBy(role => request.Realm.Clients[role.ClientId!]);
        foreach (var roles in clients)
        {
            mappings["clientMappings"] ??= new JsonObject();
            mappings["clientMappings"]![roles.Key.ClientId] = new JsonObject
            {
                ["id"] = roles.Key.Id,
                ["client"] = roles.Key.ClientId,
                ["mappings"] = new JsonArray([.. ToRepresentations(request, roles)]),
            };
        }
        return KeycloakJson.Ok(mappings);
    }

    private static IResult GetAssigned(AdminRequest request, string id, string? client)
    {
        var container = FindVisibleContainer(request, client);
        var roles = GetAssignedRoles(request, id).Where(role => role.ClientId == container?.Id);
        return KeycloakJson.Ok(ToRepresentations(request, roles));
    }

    private static IResult GetEffective(AdminRequest request, string id, string? client)
    {
        var container = FindVisibleContainer(request, client);
        var roles = request.Realm.Expand(GetAssignedRoles(request, id).Select(role => role.Id));
        return KeycloakJson.Ok(ToRepresentations(request, roles.Where(role => role.ClientId == container?.Id)));
    }

    private static IResult GetAvailable(AdminRequest request, string id, string? client)
    {
        var container = FindContainer(request, client);
        var assigned = GetAssignedRoles(request, id).ToList();
        var assignable = request.Realm.GetRoles(container).Except(assigned).Where(role => CanAssign(request, role));
        return KeycloakJson.Ok(ToRepresentations(request, assignable));
    }

    private static Task<IResult> AddAsync(AdminRequest request, string id, string? client) =>
        ChangeAsync(request, id, client, (user, roles) => user with { Roles = user.Roles.Union(roles) });

    private static Task<IResult> RemoveAsync(AdminRequest request, string id, string? client) =>
        ChangeAsync(request, id, client, (user, roles) => user with { Roles = user.Roles.Except(roles) });

    private static async Task<IResult> ChangeAsync(
        AdminRequest request, string id, string? client, Func<User, IEnumerable<string>, User> change)
    {
        request.RequireAnyRole("manage-users");
        request.GetUser(id);
        var container = FindContainer(request, client);
        var sent = await request.ReadArrayAsync("RoleRepresentation");
        request.ChangeRealm(realm =>
        {
            var roles = sent.Select(role => FindRole(realm, container, role)).ToList();
            if (!roles.All(role => CanAssign(request, role)))
                throw KeycloakException.Forbidden;
            var user = realm.Users.GetValueOrDefault(id)
                ?? throw KeycloakException.OAuthError(400, "invalid_request", "Could not add user role mappings!");
            return realm.With(change(user, roles.Select(role => role.Id)));
        });
        return Results.NoContent();
    }

    /// <summary>Only a caller with an administrative role may assign that role.</summary>
    private static bool CanAssign(AdminRequest request, Role role) =>
        !AdminRoles.IsAdministrative(request.Realm, role) || request.Caller.IsAdmin || request.Caller.HasRole(role)
        || (role.ClientId is not null && CanAssignClientRole(request, role.Name));

    private static bool CanAssignClientRole(AdminRequest request, string name) => name switch
    {
        "query-users" or "query-groups" or "query-clients" or "query-realms" or "query-organizations" => true,
        "view-users" => request.Caller.HasAnyRole(request.Realm, name, "manage-users"),
        "view-clients" => request.Caller.HasAnyRole(request.Realm, name, "manage-clients"),
        "view-realm" => request.Caller.HasAnyRole(request.Realm, name, "manage-realm"),
        _ => request.Caller.HasAnyRole(request.Realm, name),
    };

    /// <summary>Finds the role by id and name; both must match.</summary>
    private static Role FindRole(Realm realm, Client? container, Document sent) =>
        sent.GetString("name") is { } name && realm.FindRole(name, container) is { } role
            && role.Id == sent.GetString("id")
            ? role : throw KeycloakException.Error(404, "Role not found");

    private static Client? FindContainer(AdminRequest request, string? client) => client is null
        ? null
        : request.Realm.Clients.GetValueOrDefault(client) ?? throw KeycloakException.Error(404, "Client not found");

    /// <summary>Reading a client's roles requires the right to view the client.</summary>
    private static Client? FindVisibleContainer(AdminRequest request, string? client)
    {
        if (client is not null)
            request.RequireAnyRole("view-clients", "manage-clients");
        return FindContainer(request, client);
    }

    private static IEnumerable<Role> GetAssignedRoles(AdminRequest request, string id)
    {
        request.RequireAnyRole("view-users", "manage-users");
        return request.GetUser(id).Roles.Select(role => request.Realm.Roles[role]);
    }

    private static IEnumerable<JsonObject> ToRepresentations(AdminRequest request, IEnumerable<Role> roles) =>
        roles.Select(role => RoleFactory.CreateRepresentation(request.Realm, role));
}
