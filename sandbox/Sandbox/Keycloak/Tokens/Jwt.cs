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
        using var rsa = keys.ImportSigningKey();
        var head = EncodeHead("RS256", RealmKeys.GetKeyId(rsa), claims);
        var signature =
            rsa.SignData(Encoding.ASCII.GetBytes(head), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return $"{head}.{Base64Url.EncodeToString(signature)}";
    }

    public static string SignInternally(RealmKeys keys, JsonObject claims)
    {
        var head = EncodeHead("HS512", GetSecretId(keys), claims);
        var signature = HMACSHA512.HashData(keys.DecodeSecret(), Encoding.ASCII.GetBytes(head));
        return $"{head}.{Base64Url.EncodeToString(signature)}";
    }

    /// <summary>The claims of a token that this realm signed with RS256, otherwise null.</summary>
    public static Document? Verify(RealmKeys keys, string token)
    {
        using var rsa = keys.ImportSigningKey();
        return Read(token, "RS256", (head, signature) =>
            rsa.VerifyData(head, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
    }

    /// <summary>The claims of a token that this realm signed with HS512, otherwise null.</summary>
    public static Document? VerifyInternal(RealmKeys keys, string token) => Read(token, "HS512", (head, signature) =>
        CryptographicOperations.FixedTimeEquals(HMACSHA512.HashData(keys.DecodeSecret(), head), signature));

    /// <summary>The claims without verification; null if the text is not a token.</summary>
    public static Document? ReadUnverified(string token) =>
        token.Split('.') is [_, var claims, _] ? DecodePart(claims) : null;

    private static string EncodeHead(string algorithm, string keyId, JsonObject claims) =>
        Encode(new JsonObject { ["alg"] = algorithm, ["typ"] = "JWT", ["kid"] = keyId }) + "." + Encode(claims);

    private static string Encode(JsonObject part) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(KeycloakJson.Text(part)));

    private static string GetSecretId(RealmKeys keys) =>
        new Guid(SHA256.HashData(keys.DecodeSecret()).AsSpan(0, 16)).ToString();

    private static Document? Read(string token, string algorithm, Func<byte[], byte[], bool> isValid)
    {
        if (token.Split('.') is not [var header, var claims, var signature]
            || DecodePart(header)?.GetString("alg") != algorithm || !Base64Url.IsValid(signature))
            return null;
        var head = Encoding.ASCII.GetBytes($"{header}.{claims}");
        return isValid(head, Base64Url.DecodeFromChars(signature)) ? DecodePart(claims) : null;
    }

    private static Document? DecodePart(string encoded)
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
