using System.Text.Json.Nodes;
using Sandbox.Keycloak.Http;
using Sandbox.Keycloak.Model;

namespace Sandbox.Keycloak.Admin;

/// <summary>
/// <c>POST /admin/realms/{realm}/partialImport</c>: imports users with their roles, in full or not at all. The import
/// also assigns roles that the caller lacks; the role mappings endpoint would refuse them.
/// </summary>
internal static class PartialImportApi
{
    private static readonly string[] UnsupportedSections =
        ["clients", "groups", "identityProviders", "identityProviderMappers", "roles"];

    public static void MapPartialImport(this IEndpointRouteBuilder app) =>
        app.MapPost("/admin/realms/{realm}/partialImport", ImportAsync);

    private static async Task<IResult> ImportAsync(AdminRequest request)
    {
        request.RequireAnyRole("manage-realm");
        var sent = await request.ReadAsync("PartialImportRepresentation");
        if (UnsupportedSections.FirstOrDefault(field => RealmImport.HasContent(sent, field)) is { } unsupported)
            throw KeycloakException.NotImplemented($"\"{unsupported}\" in a partial import");
        var policy = sent.GetString("ifResourceExists") ?? "FAIL";
        if (policy is not ("FAIL" or "SKIP" or "OVERWRITE"))
            throw KeycloakException.OAuthError(500, "unknown_error", "Cannot parse the JSON");

        List<Result> results = [];
        request.ChangeRealm(realm =>
        {
            results.Clear();
            return sent.GetObjects("users").Aggregate(
                realm, (current, user) => ImportUser(request, current, user, policy, results));
        });
        return KeycloakJson.Ok(new JsonObject
        {
            ["overwritten"] = results.Count(result => result.Action == "OVERWRITTEN"),
            ["added"] = results.Count(result => result.Action == "ADDED"),
            ["skipped"] = results.Count(result => result.Action == "SKIPPED"),
            ["results"] = new JsonArray([.. results.Select(result => new JsonObject
            {
                ["action"] = result.Action,
                ["resourceType"] = "USER",
                ["resourceName"] = result.Name,
                ["id"] = result.Id,
            })]),
        });
    }

    private static Realm ImportUser(
        AdminRequest request, Realm realm, Document sent, string policy, List<Result> results)
    {
        var name = sent.GetString("username") ?? throw KeycloakException.UnknownError;
        var existing = realm.FindUser(name.ToLowerInvariant())
            ?? (sent.GetString("email") is { } email ? realm.FindUserByEmail(email.ToLowerInvariant()) : null);
        if (existing is not null && policy == "FAIL")
            throw KeycloakException.ErrorMessage(409, $"User with user name {name} already exists.");
        if (existing is not null && policy == "SKIP")
        {
            results.Add(new Result("SKIPPED", name, existing.Id));
            return realm;
        }

        // Overwriting deletes and recreates the user: the id changes and the password is lost.
        realm = new RealmImport(request.State).WithUser(existing is null ? realm : realm.Without(existing), sent);
        results.Add(new Result(
            existing is null ? "ADDED" : "OVERWRITTEN", name, realm.FindUser(name.ToLowerInvariant())!.Id));
        return realm;
    }

    private sealed record Result(string Action, string Name, string Id);
}
