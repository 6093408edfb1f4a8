using System.Text;
using Sandbox.Keycloak.Http;
using Sandbox.Keycloak.Model;

namespace Sandbox.Keycloak.Oidc;

/// <summary>The parameters of an authorization request; the redirect URI has been validated.</summary>
internal sealed record AuthorizationRequest(string ClientId, string RedirectUri)
{
    public string? ResponseType { get; init; }

    public string? ResponseMode { get; init; }

    public string? State { get; init; }

    public string? Nonce { get; init; }

    public string? Scope { get; init; }

    public string? Challenge { get; init; }

    public string? ChallengeMethod { get; init; }

    public string? Prompt { get; init; }

    public string? LoginHint { get; init; }

    /// <summary>The redirect to the client with the code of the login.</summary>
    public string Success(HttpContext context, Realm realm, string sessionId, string code) => Answer(
        ("state", State), ("session_state", sessionId), ("iss", context.IssuerOf(realm)), ("code", code));

    /// <summary>The redirect to the client with an error.</summary>
    public string Failure(HttpContext context, Realm realm, string error, string? description = null) => Answer(
        ("error", error), ("error_description", description), ("state", State), ("iss", context.IssuerOf(realm)));

    // RFC 9207: success and error responses contain the issuer.
    private string Answer(params ReadOnlySpan<(string Name, string? Value)> answer)
    {
        var fields = new StringBuilder();
        foreach (var (name, value) in answer)
        {
            if (value is not null)
                fields.Append(fields.Length > 0 ? "&" : "").Append(name).Append('=').Append(Encode(value));
        }
        var separator = ResponseMode == "fragment" || ResponseType is "token" or "id_token"
            ? '#' : RedirectUri.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        return RedirectUri + separator + fields;
    }

    private static string Encode(string text) =>
        Uri.EscapeDataString(text).Replace("%20", "+", StringComparison.Ordinal);
}
