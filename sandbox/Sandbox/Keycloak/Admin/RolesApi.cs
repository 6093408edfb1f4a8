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
            roles.MapGet("{name}/composites", Composites);
        }
    }

    private static IResult List(AdminRequest request, string? id, string? search, bool briefRepresentation = true)
    {
        var client = Container(request, id, manage: false);
        return KeycloakJson.Ok(request.Realm.RolesOf(client)
            .Where(role => search is null || role.Name.Contains(search, StringComparison.OrdinalIgnoreCase))
            .OrderBy(role => role.Name, StringComparer.Ordinal)
            .Select(role => RoleFactory.Shown(request.Realm, role, !briefRepresentation)));
    }

    private static async Task<IResult> CreateAsync(AdminRequest request, string? id)
    {
        var client = Container(request, id, manage: true);
        var sent = await request.ReadAsync(Representation);
        if (sent.Text("name") is not { Length: > 0 } name)
            throw Refusal.Error(400, "role has no name");
        request.Change(realm =>
        {
            if (realm.RoleNamed(name, client) is not null)
                throw Refusal.Because(409, $"Role with name {name} already exists");
            realm = RoleFactory.Ensure(realm, sent.Without("id"), client, request.State);
            return RoleFactory.WithComposites(realm, realm.RoleNamed(name, client)!, sent.Section("composites"));
        });
        var place = client is null ? "" : $"/clients/{client.Id}";
        return new Created($"{request.Path}{place}/roles/{Uri.EscapeDataString(name)}");
    }

    private static IResult Get(AdminRequest request, string? id, string name)
    {
        var client = Container(request, id, manage: false);
        return KeycloakJson.Ok(RoleFactory.Shown(request.Realm, Find(request.Realm, client, name), attributes: true));
    }

    private static IResult GetById(AdminRequest request, string role)
    {
        request.Require("view-realm", "manage-realm", "view-clients", "manage-clients");
        var found = request.Realm.Roles.GetValueOrDefault(role)
            ?? throw Refusal.Error(404, "Could not find role with id");
        return KeycloakJson.Ok(RoleFactory.Shown(request.Realm, found, attributes: true));
    }

    private static async Task<IResult> UpdateAsync(AdminRequest request, string? id, string name)
    {
        var client = Container(request, id, manage: true);
        Find(request.Realm, client, name);
        var sent = await request.ReadAsync(Representation);
        request.Change(realm =>
        {
            var role = Find(realm, client, name);
            return realm.With(role with
            {
                Name = sent.Text("name") ?? role.Name,
                Description = sent.Text("description"),
                Attributes = sent.Has("attributes") ? sent.Section("attributes") : role.Attributes,
            });
        });
        return Results.NoContent();
    }

    private static IResult Delete(AdminRequest request, string? id, string name)
    {
        var client = Container(request, id, manage: true);
        request.Change(realm => realm.Without(Find(realm, client, name)));
        return Results.NoContent();
    }

    private static IResult Composites(AdminRequest request, string? id, string name)
    {
        var role = Find(request.Realm, Container(request, id, manage: false), name);
        return KeycloakJson.Ok(role.Composites.Select(contained =>
            RoleFactory.Shown(request.Realm, request.Realm.Roles[contained])));
    }

    private static Client? Container(AdminRequest request, string? id, bool manage)
    {
        if (id is null)
            request.Require(manage ? ["manage-realm"] : ["view-realm", "manage-realm"]);
        else
            request.Require(manage ? ["manage-clients"] : ["view-clients", "manage-clients"]);
        return id is null ? null : request.Client(id);
    }

    private static Role Find(Realm realm, Client? client, string name) =>
        realm.RoleNamed(name, client) ?? throw Refusal.Error(404, "Could not find role");
}
