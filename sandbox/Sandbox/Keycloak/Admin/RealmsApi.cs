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
        var visible = caller.Snapshot.Realms.Values.Where(caller.HasAccess)
            .Select(realm => caller.HasAnyRole(realm, "view-realm", "manage-realm")
                ? briefRepresentation ? BriefRepresentation(realm) : FullRepresentation(realm)
                : new JsonObject { ["realm"] = realm.Name })
            .ToList();
        return visible.Count > 0 ? KeycloakJson.Ok(visible) : throw KeycloakException.Forbidden;
    }

    private static async Task<IResult> CreateAsync(Caller caller)
    {
        if (!caller.CanCreateRealms)
            throw KeycloakException.Forbidden;
        var sent = await ReadNewRealmAsync(caller.Http);
        if (sent.GetString("realm") is not { Length: > 0 } name)
            throw KeycloakException.ErrorMessage(400, "Realm name cannot be empty");
        caller.State.Change(snapshot => new RealmImport(caller.State).Import(snapshot, sent, caller));
        return new CreatedResult($"/admin/realms/{Uri.EscapeDataString(name)}");
    }

    private static IResult Get(AdminRequest request) => KeycloakJson.Ok(
        request.Caller.HasAnyRole(request.Realm, "view-realm", "manage-realm")
            ? FullRepresentation(request.Realm) : RestrictedRepresentation(request));

    private static async Task<IResult> UpdateAsync(AdminRequest request)
    {
        request.RequireAnyRole("manage-realm");
        var sent = await request.ReadAsync(Representation);
        RealmRules.CheckSettings(sent);
        if (sent.GetString("realm") is { } name)
            RealmRules.CheckName(name);
        request.State.Change(snapshot => RealmUpdate.Apply(
            snapshot, Find(snapshot, request.Realm) ?? throw KeycloakException.UnknownError, sent));
        return Results.NoContent();
    }

    private static IResult Delete(AdminRequest request)
    {
        request.RequireAnyRole("manage-realm");
        if (request.Realm.IsMaster)
            throw KeycloakException.ErrorMessage(400, "Can't remove master realm");
        request.State.Change(snapshot => snapshot.Without(
            Find(snapshot, request.Realm) ?? throw KeycloakException.RealmNotFound));
        return Results.NoContent();
    }

    private static Realm? Find(Snapshot snapshot, Realm realm) => snapshot.Realms.GetValueOrDefault(realm.Id);

    /// <summary>The creation of a realm has a single error for all unreadable bodies.</summary>
    private static async Task<Document> ReadNewRealmAsync(HttpContext context)
    {
        try
        {
            return await RepresentationReader.ReadAsync(context, Representation);
        }
        catch (KeycloakException exception) when (exception.Status is 400 or 500)
        {
            throw KeycloakException.ErrorMessage(400, "unable to read contents from stream");
        }
    }

    private static JsonObject FullRepresentation(Realm realm)
    {
        var representation = realm.Settings.ToObject();
        representation["id"] = realm.Id;
        representation["realm"] = realm.Name;
        representation["smtpServer"] = SmtpSettings.Mask(realm.Settings.GetObject("smtpServer")).ToObject();
        representation["defaultRole"] = RoleFactory.CreateRepresentation(realm, realm.Roles[realm.DefaultRole]);
        return representation.InFieldOrder(Representation);
    }

    private static JsonObject BriefRepresentation(Realm realm) => new JsonObject
    {
        ["id"] = realm.Id,
        ["realm"] = realm.Name,
        ["displayName"] = realm.Settings.GetString("displayName"),
        ["displayNameHtml"] = realm.Settings.GetString("displayNameHtml"),
        ["enabled"] = realm.Enabled,
    }.InFieldOrder(Representation);

    /// <summary>
    /// The response to a caller without rights for the realm: 200, but without attributes (and the mark is one).
    /// </summary>
    private static JsonObject RestrictedRepresentation(AdminRequest request) => RestrictedRepresentation(request.Realm,
        request.Caller.HasAnyRole(request.Realm, "view-users", "manage-users")
            ? JsonValue.Create(request.Realm.Settings.GetBoolean("registrationEmailAsUsername")) : null);

    private static JsonObject RestrictedRepresentation(Realm realm, JsonNode? emailAsUsername) => new JsonObject
    {
        ["realm"] = realm.Name,
        ["displayName"] = realm.Settings.GetString("displayName"),
        ["displayNameHtml"] = realm.Settings.GetString("displayNameHtml"),
        ["registrationEmailAsUsername"] = emailAsUsername,
        ["bruteForceProtected"] = realm.Settings.GetBoolean("bruteForceProtected"),
        ["supportedLocales"] = new JsonArray(),
        ["organizationsEnabled"] = realm.Settings.GetBoolean("organizationsEnabled"),
    }.InFieldOrder(Representation);
}
