using Sandbox.Keycloak.Http;

namespace Sandbox.Keycloak.Admin;

/// <summary>
/// Endpoints of the real server that the sandbox does not implement: they answer 501 instead of 404.
/// </summary>
internal static class NotPlayedApi
{
    private static readonly string[] Sections =
    [
        "admin-events", "authentication", "client-description-converter", "client-policies", "client-scopes",
        "components", "credential-registrators", "default-default-client-scopes", "default-groups",
        "default-optional-client-scopes", "events", "group-by-path", "groups", "identity-provider", "keys",
        "localization", "logout-all", "organizations", "partial-export", "push-revocation", "sessions",
        "testSMTPConnection", "workflows",
    ];

    public static void MapNotPlayed(this IEndpointRouteBuilder app)
    {
        foreach (var section in Sections)
            app.Map($"/admin/realms/{{realm}}/{section}/{{**rest}}", Refuse);
        app.Map("/realms/{realm}/account/{**rest}", Refuse);
        app.Map("/realms/{realm}/clients-registrations/{**rest}", Refuse);
        app.Map("/realms/{realm}/protocol/openid-connect/auth/device", Refuse);
    }

    private static IResult Refuse(HttpContext context) =>
        throw Refusal.NotPlayed($"{context.Request.Method} {context.Request.Path}");
}
