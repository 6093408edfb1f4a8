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
        request.RequireAnyRole("manage-users");
        request.GetUser(id);
        var sent = await request.ReadAsync("CredentialRepresentation");
        var password = sent.GetString("value") ?? throw KeycloakException.Error(400, "No password provided");
        if (string.IsNullOrWhiteSpace(password))
            throw KeycloakException.Error(400, "Empty password not allowed");
        request.ChangeRealm(realm =>
        {
            var user = realm.Users.GetValueOrDefault(id) ?? throw KeycloakException.Conflict;
            if (PasswordPolicy.Parse(realm).Check(user, password) is { } violation)
                throw violation;
            return realm.With(
                new UserFactory(request.State).WithPassword(realm, user, password, sent.GetBoolean("temporary")));
        });
        return Results.NoContent();
    }

    private static IResult List(AdminRequest request, string id)
    {
        request.RequireAnyRole("view-users", "manage-users");
        return KeycloakJson.Ok(request.GetUser(id).Passwords.Take(1).Select(password => new JsonObject
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
        request.RequireAnyRole("manage-users");
        throw request.GetUser(id).Email is null
            ? KeycloakException.ErrorMessage(400, "User email missing")
            : KeycloakException.ErrorMessage(500, "Failed to send execute actions email: "
                + "Invalid sender address 'null'. Please specify a sender address in the Realm settings.");
    }
}
