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
    private static readonly string[] NotPlayed =
        ["clients", "groups", "identityProviders", "identityProviderMappers", "roles"];

    public static void MapPartialImport(this IEndpointRouteBuilder app) =>
        app.MapPost("/admin/realms/{realm}/partialImport", ImportAsync);

    private static async Task<IResult> ImportAsync(AdminRequest request)
    {
        request.Require("manage-realm");
        var sent = await request.ReadAsync("PartialImportRepresentation");
        if (NotPlayed.FirstOrDefault(field => RealmImport.IsFilled(sent, field)) is { } unplayed)
            throw Refusal.NotPlayed($"\"{unplayed}\" in a partial import");
        var policy = sent.Text("ifResourceExists") ?? "FAIL";
        if (policy is not ("FAIL" or "SKIP" or "OVERWRITE"))
            throw Refusal.OAuth(500, "unknown_error", "Cannot parse the JSON");

        List<Result> results = [];
        request.Change(realm =>
        {
            results.Clear();
            return sent.Items("users").Aggregate(realm, (now, user) => With(request, now, user, policy, results));
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

    private static Realm With(AdminRequest request, Realm realm, Document sent, string policy, List<Result> results)
    {
        var name = sent.Text("username") ?? throw Refusal.Failed;
        var known = realm.UserNamed(name.ToLowerInvariant())
            ?? (sent.Text("email") is { } email ? realm.UserWithEmail(email.ToLowerInvariant()) : null);
        if (known is not null && policy == "FAIL")
            throw Refusal.Because(409, $"User with user name {name} already exists.");
        if (known is not null && policy == "SKIP")
        {
            results.Add(new Result("SKIPPED", name, known.Id));
            return realm;
        }

        // Overwriting deletes and recreates the user: the id changes and the password is lost.
        realm = new RealmImport(request.State).WithUser(known is null ? realm : realm.Without(known), sent);
        results.Add(new Result(
            known is null ? "ADDED" : "OVERWRITTEN", name, realm.UserNamed(name.ToLowerInvariant())!.Id));
        return realm;
    }

    private sealed record Result(string Action, string Name, string Id);
}
