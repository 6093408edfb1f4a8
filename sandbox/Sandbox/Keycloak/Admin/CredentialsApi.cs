using System.Text.Json.Nodes;
using Sandbox.Keycloak.Http;
using Sandbox.Keycloak.Model;

namespace Sandbox.Keycloak.Admin;

/// <summary>Credentials of users: an administrator lists and sets passwords.</summary>
internal static class CredentialsApi
{
    public static void MapCredentials(this IEndpointRouteBuilder app)
    {
        var user = app.MapGroup("/admin/realms/{realm}/users/{id}");
        user.MapPut("reset-password", ResetAsync);
        user.MapGet("credentials", List);
        user.MapPut("execute-actions-email", SendActions);
    }

    private static async Task<IResult> ResetAsync(AdminRequest request, string id)
    {
        request.Require("manage-users");
        request.User(id);
        var sent = await request.ReadAsync("CredentialRepresentation");
        var password = sent.Text("value") ?? throw Refusal.Error(400, "No password provided");
        if (string.IsNullOrWhiteSpace(password))
            throw Refusal.Error(400, "Empty password not allowed");
        request.Change(realm =>
        {
            var user = realm.Users.GetValueOrDefault(id) ?? throw Refusal.Error(404, "User not found");
            if (PasswordPolicy.Of(realm).Check(user, password) is { } broken)
                throw broken;
            return realm.With(
                new UserFactory(request.State).WithPassword(realm, user, password, sent.Flag("temporary")));
        });
        return Results.NoContent();
    }

    private static IResult List(AdminRequest request, string id)
    {
        request.Require("view-users", "manage-users");
        return KeycloakJson.Ok(request.User(id).Passwords.Take(1).Select(password => new JsonObject
        {
            ["id"] = password.Id,
            ["type"] = "password",
            ["createdDate"] = password.CreatedAt,
            ["credentialData"] = KeycloakJson.Text(new JsonObject
            {
                ["hashIterations"] = Password.Iterations,
                ["algorithm"] = Password.Algorithm,
                ["additionalParameters"] = new JsonObject(),
            }),
        }));
    }

    /// <summary>Answers like a real realm without a mail server: the sandbox has none.</summary>
    private static IResult SendActions(AdminRequest request, string id)
    {
        request.Require("manage-users");
        throw request.User(id).Email is null
            ? Refusal.Because(400, "User email missing")
            : Refusal.Because(500, "Failed to send execute actions email: "
                + "Invalid sender address 'null'. Please specify a sender address in the Realm settings.");
    }
}
