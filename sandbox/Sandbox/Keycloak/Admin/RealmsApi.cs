using System.Text.Json.Nodes;
using Sandbox.Keycloak.Http;
using Sandbox.Keycloak.Model;
using Sandbox.Keycloak.Representations;

namespace Sandbox.Keycloak.Admin;

/// <summary>Realms: <c>/admin/realms</c> and <c>/admin/realms/{realm}</c>.</summary>
internal static class RealmsApi
{
    private const string Representation = "RealmRepresentation";

    public static void MapRealms(this IEndpointRouteBuilder app)
    {
        app.MapGet("/admin/realms", List);
        app.MapPost("/admin/realms", CreateAsync);
        app.MapGet("/admin/realms/{realm}", Get);
        app.MapPut("/admin/realms/{realm}", UpdateAsync);
        app.MapDelete("/admin/realms/{realm}", Delete);
    }

    private static IResult List(Caller caller, bool briefRepresentation = false)
    {
        var visible = caller.World.Realms.Values.Where(caller.HasAny)
            .Select(realm => caller.Has(realm, "view-realm", "manage-realm")
                ? briefRepresentation ? Brief(realm) : Full(realm)
                : new JsonObject { ["realm"] = realm.Name })
            .ToList();
        return visible.Count > 0 ? KeycloakJson.Ok(visible) : throw Refusal.Forbidden;
    }

    private static async Task<IResult> CreateAsync(Caller caller)
    {
        if (!caller.MayCreateRealms)
            throw Refusal.Forbidden;
        var sent = await ReadNewAsync(caller.Http);
        if (sent.Text("realm") is not { Length: > 0 } name)
            throw Refusal.Because(400, "Realm name cannot be empty");
        caller.State.Change(world => new RealmImport(caller.State).Import(world, sent, caller));
        return new Created($"/admin/realms/{Uri.EscapeDataString(name)}");
    }

    private static IResult Get(AdminRequest request) => KeycloakJson.Ok(
        request.Caller.Has(request.Realm, "view-realm", "manage-realm") ? Full(request.Realm) : Short(request));

    private static async Task<IResult> UpdateAsync(AdminRequest request)
    {
        request.Require("manage-realm");
        var sent = await request.ReadAsync(Representation);
        RealmRules.CheckSettings(sent);
        if (sent.Text("realm") is { } name)
            RealmRules.CheckName(name);
        request.State.Change(world => RealmChange.Apply(
            world, world.Realms.GetValueOrDefault(request.Realm.Id) ?? throw Refusal.NoRealm, sent));
        return Results.NoContent();
    }

    private static IResult Delete(AdminRequest request)
    {
        request.Require("manage-realm");
        if (request.Realm.IsMaster)
            throw Refusal.Because(400, "Can't remove master realm");
        request.State.Change(world =>
            world.Without(world.Realms.GetValueOrDefault(request.Realm.Id) ?? throw Refusal.NoRealm));
        return Results.NoContent();
    }

    /// <summary>The creation of a realm has a single error for all unreadable bodies.</summary>
    private static async Task<Document> ReadNewAsync(HttpContext context)
    {
        try
        {
            return await RepresentationReader.ReadAsync(context, Representation);
        }
        catch (Refusal refusal) when (refusal.Status is 400 or 500)
        {
            throw Refusal.Because(400, "unable to read contents from stream");
        }
    }

    private static JsonObject Full(Realm realm)
    {
        var shown = realm.Settings.ToObject();
        shown["id"] = realm.Id;
        shown["realm"] = realm.Name;
        shown["defaultRole"] = RoleFactory.Shown(realm, realm.Roles[realm.DefaultRole]);
        return shown.As(Representation);
    }

    private static JsonObject Brief(Realm realm) => new JsonObject
    {
        ["id"] = realm.Id,
        ["realm"] = realm.Name,
        ["displayName"] = realm.Settings.Text("displayName"),
        ["displayNameHtml"] = realm.Settings.Text("displayNameHtml"),
        ["enabled"] = realm.Enabled,
    }.As(Representation);

    /// <summary>
    /// The response to a caller without rights for the realm: 200, but without attributes (and the mark is one).
    /// </summary>
    private static JsonObject Short(AdminRequest request) => Short(request.Realm,
        request.Caller.Has(request.Realm, "view-users", "manage-users")
            ? JsonValue.Create(request.Realm.Settings.Flag("registrationEmailAsUsername")) : null);

    private static JsonObject Short(Realm realm, JsonNode? emailAsUsername) => new JsonObject
    {
        ["realm"] = realm.Name,
        ["displayName"] = realm.Settings.Text("displayName"),
        ["displayNameHtml"] = realm.Settings.Text("displayNameHtml"),
        ["registrationEmailAsUsername"] = emailAsUsername,
        ["bruteForceProtected"] = realm.Settings.Flag("bruteForceProtected"),
        ["supportedLocales"] = new JsonArray(),
        ["organizationsEnabled"] = realm.Settings.Flag("organizationsEnabled"),
    }.As(Representation);
}
