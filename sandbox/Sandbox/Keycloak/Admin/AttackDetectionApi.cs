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
        app.MapDelete("/admin/realms/{realm}/attack-detection/brute-force/users/{id}", Reset);
    }

    private static IResult Get(AdminRequest request, string id)
    {
        request.RequireAnyRole("view-users", "manage-users");
        var user = request.GetUser(id);
        var protector = request.State.BruteForceProtector;
        var failures = protector.Find(user);
        return KeycloakJson.Ok(new JsonObject
        {
            ["failedLoginNotBefore"] = failures?.LockedUntil ?? 0,
            ["numFailures"] = failures?.Count ?? 0,
            ["numTemporaryLockouts"] = 0,
            ["disabled"] = protector.IsLocked(request.Realm, user, request.State.Time.GetUtcNow()),
            ["numSecondaryAuthFailures"] = 0,
            ["lastIPFailure"] = failures is null ? "n/a" : "127.0.0.1",
            ["lastFailure"] = failures?.LastAt ?? 0,
        });
    }

    private static IResult Reset(AdminRequest request, string id)
    {
        request.RequireAnyRole("manage-users");
        request.State.BruteForceProtector.Reset(request.GetUser(id));
        return Results.NoContent();
    }
}
