using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ControlPlane.Persistence.Entra;

/// <summary>An answer of a token endpoint. Managed identities write numbers as text.</summary>
internal sealed record EntraAnswer(
    [property: JsonPropertyName("access_token")] string? AccessToken,
    [property: JsonPropertyName("expires_on")] long? ExpiresOn,
    [property: JsonPropertyName("expires_in")] long? ExpiresIn,
    [property: JsonPropertyName("error")] string? Error,
    [property: JsonPropertyName("error_description")] string? ErrorDescription,
    [property: JsonPropertyName("message")] string? Message)
{
    private const int MaxLength = 200;

    public static EntraAnswer? Parse(string body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, EntraJson.Default.EntraAnswer);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <exception cref="EntraTokenException">The answer has no token, or no time at which it expires.</exception>
    public EntraToken ToToken(DateTimeOffset requestedAt) => (AccessToken, ExpiresOn, ExpiresIn) switch
    {
        ({ Length: > 0 } text, { } on, _) => new EntraToken(text, DateTimeOffset.FromUnixTimeSeconds(on)),
        ({ Length: > 0 } text, _, { } seconds) => new EntraToken(text, requestedAt.AddSeconds(seconds)),
        _ => throw new EntraTokenException("The token endpoint answered without access_token, or without its expiry."),
    };

    /// <summary>Returns the reason for an error, in one line of limited length.</summary>
    public string Reason()
    {
        string text = (ErrorDescription ?? Message ?? Error ?? "no reason given").Split('\r', '\n')[0];
        return text.Length <= MaxLength ? text : text[..MaxLength] + "…";
    }

    /// <summary>Returns the remedy for a status; the endpoints share their meaning.</summary>
    public static string Remedy(HttpStatusCode status) => (int)status switch
    {
        400 or 404 => "check that the identity is assigned to this app or machine and named by AZURE_CLIENT_ID",
        401 or 403 => "the identity header or the federated token was refused",
        429 => "too many requests; a later connection tries again",
        >= 500 or 410 => "the endpoint is not available; a later connection tries again",
        _ => "an unexpected answer",
    };
}

[JsonSourceGenerationOptions(NumberHandling = JsonNumberHandling.AllowReadingFromString)]
[JsonSerializable(typeof(EntraAnswer))]
internal sealed partial class EntraJson : JsonSerializerContext;
