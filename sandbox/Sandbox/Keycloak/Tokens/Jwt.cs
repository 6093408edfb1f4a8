using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sandbox.Keycloak.Http;
using Sandbox.Keycloak.Model;

namespace Sandbox.Keycloak.Tokens;

/// <summary>
/// Signs and verifies JSON Web Tokens with the keys of a realm: RS256 for clients, HS512 for the server itself.
/// </summary>
internal static class Jwt
{
    public static string Sign(RealmKeys keys, JsonObject claims)
    {
        using var rsa = keys.OpenSigning();
        var head = Head("RS256", RealmKeys.KeyId(rsa), claims);
        var signature =
            rsa.SignData(Encoding.ASCII.GetBytes(head), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return $"{head}.{Base64Url.EncodeToString(signature)}";
    }

    public static string SignInternally(RealmKeys keys, JsonObject claims)
    {
        var head = Head("HS512", SecretId(keys), claims);
        var signature = HMACSHA512.HashData(keys.SecretBytes(), Encoding.ASCII.GetBytes(head));
        return $"{head}.{Base64Url.EncodeToString(signature)}";
    }

    /// <summary>The claims of a token that this realm signed with RS256, otherwise null.</summary>
    public static Document? Verify(RealmKeys keys, string token)
    {
        using var rsa = keys.OpenSigning();
        return Open(token, "RS256", (head, signature) =>
            rsa.VerifyData(head, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
    }

    /// <summary>The claims of a token that this realm signed with HS512, otherwise null.</summary>
    public static Document? VerifyInternal(RealmKeys keys, string token) => Open(token, "HS512", (head, signature) =>
        CryptographicOperations.FixedTimeEquals(HMACSHA512.HashData(keys.SecretBytes(), head), signature));

    /// <summary>The claims without verification; null if the text is not a token.</summary>
    public static Document? Peek(string token) => token.Split('.') is [_, var claims, _] ? Part(claims) : null;

    private static string Head(string algorithm, string keyId, JsonObject claims) =>
        Encode(new JsonObject { ["alg"] = algorithm, ["typ"] = "JWT", ["kid"] = keyId }) + "." + Encode(claims);

    private static string Encode(JsonObject part) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(KeycloakJson.Text(part)));

    private static string SecretId(RealmKeys keys) =>
        new Guid(SHA256.HashData(keys.SecretBytes()).AsSpan(0, 16)).ToString();

    private static Document? Open(string token, string algorithm, Func<byte[], byte[], bool> holds)
    {
        if (token.Split('.') is not [var header, var claims, var signature]
            || Part(header)?.Text("alg") != algorithm || !Base64Url.IsValid(signature))
            return null;
        var head = Encoding.ASCII.GetBytes($"{header}.{claims}");
        return holds(head, Base64Url.DecodeFromChars(signature)) ? Part(claims) : null;
    }

    private static Document? Part(string encoded)
    {
        if (!Base64Url.IsValid(encoded))
            return null;
        try
        {
            var content = JsonElement.Parse(Base64Url.DecodeFromChars(encoded));
            return content.ValueKind == JsonValueKind.Object ? new Document(content) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
