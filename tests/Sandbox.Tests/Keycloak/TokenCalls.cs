using System.Text;

namespace Sandbox.Tests.Keycloak;

/// <summary>Calls with the tokens of <see cref="TestRealms.WithApi"/>.</summary>
internal static class TokenCalls
{
    public static Task<KeycloakResponse> IntrospectAsync(
        this KeycloakServer server, string realm, string client, string token, string? hint = null) =>
        server.PostFormAsync(realm, "token/introspect", client, ("token", token), ("token_type_hint", hint ?? ""));

    public static Task<KeycloakResponse> RevokeAsync(
        this KeycloakServer server, string realm, string client, string token) =>
        server.PostFormAsync(realm, "revoke", client, ("token", token));

    public static Task<KeycloakResponse> RefreshAsync(
        this KeycloakServer server, string realm, string client, string token) => server.RequestTokenAsync(
            realm, ("grant_type", "refresh_token"), ("client_id", client), ("refresh_token", token));

    public static Task<KeycloakResponse> UserInfoAsync(this KeycloakServer server, string realm, string token) =>
        server.GetAsync($"/realms/{realm}/protocol/openid-connect/userinfo", token);

    /// <summary>Sends a form; an empty value leaves its field out. The client's secret is the test password.</summary>
    public static Task<KeycloakResponse> PostFormAsync(this KeycloakServer server,
        string realm, string path, string client, params (string Name, string Value)[] form)
    {
        var credentials = Convert.ToBase64String(Encoding.ASCII.GetBytes($"{client}:{TestRealms.Password}"));
        var request = new HttpRequestMessage(
            HttpMethod.Post, $"{server.Issuer(realm)}/protocol/openid-connect/{path}")
        {
            Content = new FormUrlEncodedContent(form.Where(field => field.Value.Length > 0)
                .Select(field => KeyValuePair.Create(field.Name, field.Value))),
        };
        request.Headers.Authorization = new("Basic", credentials);
        return server.SendAsync(request);
    }
}
