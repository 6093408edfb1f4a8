using Sandbox.Keycloak.Http;

namespace Sandbox.Keycloak.Admin;

/// <summary>
/// Endpoints of the real server that the sandbox does not implement: they answer 501 instead of 404.
/// </summary>
internal static class NotImplementedApi
{
    private static readonly string[] Sections =
    [
        "admin-events", "authentication", "client-description-converter", "client-policies", "client-scopes",
        "components", "credential-registrators", "default-default-client-scopes", "default-groups",
        "default-optional-client-scopes", "events", "group-by-path", "groups", "identity-provider", "keys",
        "localization", "logout-all", "organizations", "partial-export", "push-revocation", "sessions",
        "testSMTPConnection", "workflows",
    ];

    public static void MapNotImplemented(this IEndpointRouteBuilder app)
    {
        foreach (var section in Sections)
            app.Map($"/admin/realms/{{realm}}/{section}/{{**rest}}", Reject);
        app.Map("/admin/realms/{realm}/users/{id}/execute-actions-email", Reject);
        app.Map("/admin/realms/{realm}/users/{id}/reset-password-email", Reject);
        app.Map("/admin/realms/{realm}/users/{id}/send-verify-email", Reject);
        app.Map("/realms/{realm}/login-actions/action-token", Reject);
        app.Map("/realms/{realm}/login-actions/reset-credentials", Reject);
        app.Map("/realms/{realm}/account/{**rest}", Reject);
        app.Map("/realms/{realm}/clients-registrations/{**rest}", Reject);
        app.Map("/realms/{realm}/protocol/openid-connect/auth/device", Reject);
    }

    private static IResult Reject(HttpContext context) =>
        throw KeycloakException.NotImplemented($"{context.Request.Method} {context.Request.Path}");
}
