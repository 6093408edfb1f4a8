using System.Buffers.Text;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace Sandbox.Tests.Keycloak;

/// <summary>What the server answered.</summary>
public sealed class Answer(HttpResponseMessage response, string text)
{
    public int Status { get; } = (int)response.StatusCode;

    public string Text => text;

    public JsonNode Json => JsonNode.Parse(text)!;

    public HttpResponseHeaders Headers => response.Headers;

    public string? ContentType { get; } = response.Content.Headers.ContentType?.ToString();

    public string Location => Headers.Location!.OriginalString;

    public void Is(int status) => Assert.True(Status == status, $"{Status}, not {status}: {text}");

    public void Is(int status, string body) => Assert.Equal((status, body), (Status, text));

    /// <summary>The last part of the address of what was made.</summary>
    public string Id => Location.Split('/')[^1];

    public string AccessToken => Json["access_token"]?.GetValue<string>() ?? throw new InvalidOperationException(text);

    public JsonObject AccessClaims => Claims(AccessToken);

    /// <summary>The claims of a token, unchecked.</summary>
    public static JsonObject Claims(string token) =>
        JsonNode.Parse(Base64Url.DecodeFromChars(token.Split('.')[1]))!.AsObject();

    /// <summary>The header of a token.</summary>
    public static JsonObject Header(string token) =>
        JsonNode.Parse(Base64Url.DecodeFromChars(token.Split('.')[0]))!.AsObject();

    /// <summary>The parameters of the query (or fragment) of the redirect.</summary>
    public IReadOnlyDictionary<string, string> Redirected =>
        Location.Split('?', '#')[1].Split('&').Select(pair => pair.Split('=', 2))
            .ToDictionary(pair => pair[0], pair => Uri.UnescapeDataString(pair[1].Replace('+', ' ')));
}
