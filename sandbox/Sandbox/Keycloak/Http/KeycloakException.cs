using System.Text.Json.Nodes;

namespace Sandbox.Keycloak.Http;

/// <summary>Ends a request with an error response. Keycloak uses several body formats.</summary>
internal sealed class KeycloakException(int status, JsonNode? body) : Exception($"HTTP {status}")
{
    public int Status { get; } = status;

    public JsonNode? Body { get; } = body;

    public string ContentType { get; private init; } = KeycloakJson.PlainContentType;

    public static KeycloakException Unauthorized => Error(401, "HTTP 401 Unauthorized");

    public static KeycloakException Forbidden => Error(403, "HTTP 403 Forbidden");

    public static KeycloakException RealmNotFound => Error(404, "Realm not found.");

    /// <summary>
    /// The error for an unexpected failure, for example a missing body, or an object deleted while the body was sent.
    /// </summary>
    public static KeycloakException UnknownError =>
        OAuthError(500, "unknown_error", "For more on this error consult the server log.");

    /// <summary>The error for a row that the database refuses, for example because its parent was deleted.</summary>
    public static KeycloakException Conflict => OAuthError(409, "conflict", "Duplicate resource error");

    public static KeycloakException Error(int status, string error) =>
        new(status, new JsonObject { ["error"] = error });

    public static KeycloakException OAuthError(int status, string error, string description) =>
        new(status, new JsonObject { ["error"] = error, ["error_description"] = description });

    public static KeycloakException ErrorMessage(int status, string message) =>
        new(status, new JsonObject { ["errorMessage"] = message });

    /// <summary>
    /// The error for a feature of the real server that this stand-in does not implement: a problem (RFC 9457), since
    /// Keycloak has no format for it. Clients of Keycloak find the text in the field that they read.
    /// </summary>
    public static KeycloakException NotImplemented(string feature)
    {
        var detail = $"The sandbox's Keycloak does not play {feature}. Try this against a real Keycloak.";
        return new(501, new JsonObject
        {
            ["title"] = "Not Implemented",
            ["status"] = 501,
            ["detail"] = detail,
            ["errorMessage"] = detail,
        })
        {
            ContentType = "application/problem+json",
        };
    }

    /// <summary>The error for a method or a path that this stand-in does not implement.</summary>
    public static KeycloakException NotPlayed(HttpContext context) =>
        NotImplemented($"{context.Request.Method} {context.Request.Path}");

    public Task WriteAsync(HttpContext context)
    {
        context.Response.StatusCode = Status;
        return Body is null
            ? Task.CompletedTask : KeycloakJson.WriteAsync(context, Body, ContentType);
    }
}
