using Microsoft.AspNetCore.Http.Features;
using Sandbox.Keycloak.Model;
using Sandbox.Keycloak.Storage;

namespace Sandbox.Keycloak.Http;

internal static class KeycloakHttpContextExtensions
{
    public static KeycloakState GetState(this HttpContext context) =>
        context.Features.GetRequiredFeature<KeycloakState>();

    /// <summary>Scheme and host of the request, as in a Keycloak without a fixed hostname.</summary>
    public static string GetBaseUrl(this HttpContext context) => $"{context.Request.Scheme}://{context.Request.Host}";

    public static string GetIssuer(this HttpContext context, Realm realm) =>
        context.GetBaseUrl() + "/realms/" + realm.Name;

    /// <summary>The token of the <c>Authorization: Bearer</c> header, or null.</summary>
    public static string? GetBearerToken(this HttpContext context) =>
        context.Request.Headers.Authorization.ToString().Split(' ', 2) is [var scheme, { Length: > 0 } token]
        && scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase) ? token.Trim() : null;
}
