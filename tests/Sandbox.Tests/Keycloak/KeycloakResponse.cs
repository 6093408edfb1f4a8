using System.Buffers.Text;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace Sandbox.Tests.Keycloak;

/// <summary>A response of the server.</summary>
public sealed class KeycloakResponse(HttpResponseMessage response, string text)
{
    public int Status { get; } = (int)response.StatusCode;

    public string Text => text;

    public JsonNode Json => JsonNode.Parse(text)!;

    public HttpResponseHeaders Headers => response.Headers;

    public string? ContentType { get; } = response.Content.Headers.ContentType?.ToString();

    public string Location => Headers.Location!.OriginalString;

    public void Is(int status) => Assert.True(Status == status, $"{Status}, not {status}: {text}");

    public void Is(int status, string body) => Assert.Equal((status, body), (Status, text));

    /// <summary>The id of the created object: the last segment of the <c>Location</c> header.</summary>
    public string Id => Location.Split('/')[^1];

    public string AccessToken => Json["access_token"]?.GetValue<string>() ?? throw new InvalidOperationException(text);

    public JsonObject AccessClaims => ReadClaims(AccessToken);

    /// <summary>Reads the claims of a token without verification.</summary>
    public static JsonObject ReadClaims(string token) =>
        JsonNode.Parse(Base64Url.DecodeFromChars(token.Split('.')[1]))!.AsObject();

    /// <summary>Reads the header of a token.</summary>
    public static JsonObject ReadHeader(string token) =>
        JsonNode.Parse(Base64Url.DecodeFromChars(token.Split('.')[0]))!.AsObject();

    /// <summary>The query or fragment parameters of the redirect.</summary>
    public IReadOnlyDictionary<string, string> RedirectParameters =>
        Location.Split('?', '#')[1].Split('&').Select(pair => pair.Split('=', 2))
            .ToDictionary(pair => pair[0], pair => Uri.UnescapeDataString(pair[1].Replace('+', ' ')));
}
