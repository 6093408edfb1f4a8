using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Sandbox.Keycloak.Defaults;
using Sandbox.Keycloak.Http;
using Sandbox.Keycloak.Model;

namespace Sandbox.Keycloak.Oidc;

/// <summary>The public information about a realm: its endpoints, its keys, its description.</summary>
internal static class DiscoveryApi
{
    public static void MapDiscovery(this IEndpointRouteBuilder app)
    {
        app.MapGet("/realms/{realm}", Describe);
        app.MapGet("/realms/{realm}/.well-known/openid-configuration", Discover);
        app.MapGet("/realms/{realm}/protocol/openid-connect/certs", GetKeys);
    }

    private static IResult Discover(HttpContext context, string realm)
    {
        var found = Find(context, realm);
        Cors.AllowAnyOrigin(context);
        context.Response.Headers.CacheControl = "no-cache, must-revalidate, no-transform, no-store";
        return KeycloakJson.Plain(Template.ReadDiscovery(context.GetIssuer(found)).ToObject());
    }

    private static IResult Describe(HttpContext context, string realm)
    {
        var found = Find(context, realm);
        using var key = context.GetState().GetKeys(found).ImportSigningKey();
        return KeycloakJson.Ok(new JsonObject
        {
            ["realm"] = found.Name,
            ["public_key"] = Convert.ToBase64String(key.ExportSubjectPublicKeyInfo()),
            ["token-service"] = context.GetIssuer(found) + "/protocol/openid-connect",
            ["account-service"] = context.GetIssuer(found) + "/account",
            ["tokens-not-before"] = 0,
        });
    }

    private static IResult GetKeys(HttpContext context, string realm)
    {
        var keys = context.GetState().GetKeys(Find(context, realm));
        using var signing = keys.ImportSigningKey();
        using var encryption = keys.ImportEncryptionKey();
        Cors.AllowAnyOrigin(context);
        context.Response.Headers.CacheControl = "no-cache";
        return KeycloakJson.Plain(new JsonObject
        {
            ["keys"] = new JsonArray(
                CreateJwk(signing, keys.SigningCertificate, "RS256", "sig"),
                CreateJwk(encryption, keys.EncryptionCertificate, "RSA-OAEP", "enc")),
        });
    }

    private static JsonObject CreateJwk(RSA key, string certificate, string algorithm, string use)
    {
        var parameters = key.ExportParameters(includePrivateParameters: false);
        var bytes = Convert.FromBase64String(certificate);
        return new JsonObject
        {
            ["kid"] = RealmKeys.GetKeyId(key),
            ["kty"] = "RSA",
            ["alg"] = algorithm,
            ["use"] = use,
            ["x5c"] = new JsonArray(certificate),
            ["x5t"] = Base64Url.EncodeToString(HashCertificate(bytes)),
            ["x5t#S256"] = Base64Url.EncodeToString(SHA256.HashData(bytes)),
            ["n"] = Base64Url.EncodeToString(parameters.Modulus),
            ["e"] = Base64Url.EncodeToString(parameters.Exponent),
        };
    }

    /// <summary>RFC 7517 defines x5t as SHA-1: it only identifies the certificate.</summary>
#pragma warning disable CA5350
    private static byte[] HashCertificate(byte[] certificate) => SHA1.HashData(certificate);
#pragma warning restore CA5350

    private static Realm Find(HttpContext context, string realm) =>
        context.GetState().GetRealm(realm);
}
