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

    /// <summary>The greatest age of the login in seconds; null: any.</summary>
    public int? MaxAge { get; init; }

    public string? LoginHint { get; init; }

    public IReadOnlyList<string> Prompts => (Prompt ?? "").Split(' ');

    /// <summary>Whether a signed-in user must enter the password again.</summary>
    public bool NeedsLogin(Session session, long now) =>
        Prompts.Contains("login") || (MaxAge is { } age && session.AuthTime + age < now);

    /// <summary>The redirect to the client with the code of the login.</summary>
    public string GetSuccessRedirect(HttpContext context, Realm realm, string sessionId, string code) => BuildRedirect(
        ("state", State), ("session_state", sessionId), ("iss", context.GetIssuer(realm)), ("code", code));

    /// <summary>The redirect to the client with an error.</summary>
    public string GetErrorRedirect(HttpContext context, Realm realm, string error, string? description = null) =>
        BuildRedirect(
            ("error", error), ("error_description", description), ("state", State), ("iss", context.GetIssuer(realm)));

    // RFC 9207: success and error responses contain the issuer.
    private string BuildRedirect(params ReadOnlySpan<(string Name, string? Value)> parameters)
    {
        var query = new StringBuilder();
        foreach (var (name, value) in parameters)
        {
            if (value is not null)
                query.Append(query.Length > 0 ? "&" : "").Append(name).Append('=').Append(Encode(value));
        }
        var separator = ResponseMode == "fragment" || ResponseType is "token" or "id_token"
            ? '#' : RedirectUri.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        return RedirectUri + separator + query;
    }

    private static string Encode(string text) =>
        Uri.EscapeDataString(text).Replace("%20", "+", StringComparison.Ordinal);
}
