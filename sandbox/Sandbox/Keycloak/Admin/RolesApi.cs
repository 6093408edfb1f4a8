using Sandbox.Keycloak.Http;
using Sandbox.Keycloak.Model;

namespace Sandbox.Keycloak.Admin;

/// <summary>Roles of a realm and of its clients.</summary>
internal static class RolesApi
{
    private const string Representation = "RoleRepresentation";

    public static void MapRoles(this IEndpointRouteBuilder app)
    {
        var realm = app.MapGroup("/admin/realms/{realm}");
        realm.MapGet("roles-by-id/{role}", GetById);
        foreach (var roles in (RouteGroupBuilder[])[realm.MapGroup("roles"), realm.MapGroup("clients/{id}/roles")])
        {
            roles.MapGet("", List);
            roles.MapPost("", CreateAsync);
            roles.MapGet("{name}", Get);
            roles.MapPut("{name}", UpdateAsync);
            roles.MapDelete("{name}", Delete);
            roles.MapGet("{name}/composites", GetComposites);
        }
    }

    private static IResult List(AdminRequest request, string? id, string? search, bool briefRepresentation = true)
    {
        request.RejectUnplayed("first", "max");
        var client = RequireContainer(request, id, manage: false);
        return KeycloakJson.Ok(request.Realm.GetRoles(client)
            .Where(role => search is null || role.Name.Contains(search, StringComparison.OrdinalIgnoreCase))
            .OrderBy(role => role.Name, StringComparer.Ordinal)
            .Select(role => RoleFactory.CreateRepresentation(request.Realm, role, !briefRepresentation)));
    }

    private static async Task<IResult> CreateAsync(AdminRequest request, string? id)
    {
        var client = RequireContainer(request, id, manage: true);
        var sent = await request.ReadAsync(Representation);
        if (sent.GetString("name") is not { Length: > 0 } name)
            throw KeycloakException.Error(400, "role has no name");
        request.ChangeRealm(realm =>
        {
            if (realm.FindRole(name, client) is not null)
                throw KeycloakException.ErrorMessage(409, $"Role with name {name} already exists");
            realm = RoleFactory.Ensure(realm, sent.Without("id"), client, request.State);
            return RoleFactory.WithComposites(realm, realm.FindRole(name, client)!, sent.GetObject("composites"));
        });
        var containerPath = client is null ? "" : $"/clients/{client.Id}";
        return new CreatedResult($"{request.RealmPath}{containerPath}/roles/{Uri.EscapeDataString(name)}");
    }

    private static IResult Get(AdminRequest request, string? id, string name)
    {
        var client = RequireContainer(request, id, manage: false);
        var role = Find(request.Realm, client, name);
        return KeycloakJson.Ok(RoleFactory.CreateRepresentation(request.Realm, role, withAttributes: true));
    }

    private static IResult GetById(AdminRequest request, string role)
    {
        request.RequireAnyRole("view-realm", "manage-realm", "view-clients", "manage-clients");
        var found = request.Realm.Roles.GetValueOrDefault(role)
            ?? throw KeycloakException.Error(404, "Could not find role with id");
        return KeycloakJson.Ok(RoleFactory.CreateRepresentation(request.Realm, found, withAttributes: true));
    }

    private static async Task<IResult> UpdateAsync(AdminRequest request, string? id, string name)
    {
        var client = RequireContainer(request, id, manage: true);
        Find(request.Realm, client, name);
        var sent = await request.ReadAsync(Representation);
        request.ChangeRealm(realm =>
        {
            var role = Find(realm, client, name);
            return realm.With(role with
            {
                Name = sent.GetString("name") ?? role.Name,
                Description = sent.GetString("description"),
                Attributes = sent.Has("attributes") ? sent.GetObject("attributes") : role.Attributes,
            });
        });
        return Results.NoContent();
    }

    private static IResult Delete(AdminRequest request, string? id, string name)
    {
        var client = RequireContainer(request, id, manage: true);
        request.ChangeRealm(realm => realm.Without(Find(realm, client, name)));
        return Results.NoContent();
    }

    private static IResult GetComposites(AdminRequest request, string? id, string name)
    {
        var role = Find(request.Realm, RequireContainer(request, id, manage: false), name);
        return KeycloakJson.Ok(role.Composites.Select(contained =>
            RoleFactory.CreateRepresentation(request.Realm, request.Realm.Roles[contained])));
    }

    private static Client? RequireContainer(AdminRequest request, string? id, bool manage)
    {
        if (id is null)
            request.RequireAnyRole(manage ? ["manage-realm"] : ["view-realm", "manage-realm"]);
        else
            request.RequireAnyRole(manage ? ["manage-clients"] : ["view-clients", "manage-clients"]);
        return id is null ? null : request.GetClient(id);
    }

    private static Role Find(Realm realm, Client? client, string name) =>
        realm.FindRole(name, client) ?? throw KeycloakException.Error(404, "Could not find role");
}
