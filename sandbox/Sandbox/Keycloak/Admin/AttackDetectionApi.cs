using System.Text.Json.Nodes;
using Sandbox.Keycloak.Http;

namespace Sandbox.Keycloak.Admin;

/// <summary>
/// Users locked after failed logins: <c>/admin/realms/{realm}/attack-detection/brute-force/users/{id}</c>.
/// </summary>
internal static class AttackDetectionApi
{
    public static void MapAttackDetection(this IEndpointRouteBuilder app)
    {
        app.MapGet("/admin/realms/{realm}/attack-detection/brute-force/users/{id}", Get);
        app.MapDelete("/admin/realms/{realm}/attack-detection/brute-force/users/{id}", Forgive);
    }

    private static IResult Get(AdminRequest request, string id)
    {
        request.Require("view-users", "manage-users");
        var user = request.User(id);
        var failures = request.State.Lockouts.Of(user);
        return KeycloakJson.Ok(new JsonObject
        {
            ["failedLoginNotBefore"] = failures?.LockedUntil ?? 0,
            ["numFailures"] = failures?.Count ?? 0,
            ["numTemporaryLockouts"] = 0,
            ["disabled"] = request.State.Lockouts.IsLocked(request.Realm, user, request.State.Time.GetUtcNow()),
            ["numSecondaryAuthFailures"] = 0,
            ["lastIPFailure"] = failures is null ? "n/a" : "127.0.0.1",
            ["lastFailure"] = failures?.LastAt ?? 0,
        });
    }

    private static IResult Forgive(AdminRequest request, string id)
    {
        request.Require("manage-users");
        request.State.Lockouts.Forget(request.User(id));
        return Results.NoContent();
    }
}
