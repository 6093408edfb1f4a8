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
        app.MapGet("/realms/{realm}/protocol/openid-connect/certs", Keys);
    }

    private static IResult Discover(HttpContext context, string realm)
    {
        var known = Find(context, realm);
        Cors.AllowAll(context);
        context.Response.Headers.CacheControl = "no-cache, must-revalidate, no-transform, no-store";
        return KeycloakJson.Plain(Template.Discovery(context.IssuerOf(known)).ToObject());
    }

    private static IResult Describe(HttpContext context, string realm)
    {
        var known = Find(context, realm);
        using var key = context.Keycloak().KeysOf(known).OpenSigning();
        return KeycloakJson.Ok(new JsonObject
        {
            ["realm"] = known.Name,
            ["public_key"] = Convert.ToBase64String(key.ExportSubjectPublicKeyInfo()),
            ["token-service"] = context.IssuerOf(known) + "/protocol/openid-connect",
            ["account-service"] = context.IssuerOf(known) + "/account",
            ["tokens-not-before"] = 0,
        });
    }

    private static IResult Keys(HttpContext context, string realm)
    {
        var keys = context.Keycloak().KeysOf(Find(context, realm));
        using var signing = keys.OpenSigning();
        using var encryption = keys.OpenEncryption();
        Cors.AllowAll(context);
        context.Response.Headers.CacheControl = "no-cache";
        return KeycloakJson.Plain(new JsonObject
        {
            ["keys"] = new JsonArray(
                Key(signing, keys.SigningCertificate, "RS256", "sig"),
                Key(encryption, keys.EncryptionCertificate, "RSA-OAEP", "enc")),
        });
    }

    private static JsonObject Key(RSA key, string certificate, string algorithm, string use)
    {
        var parameters = key.ExportParameters(includePrivateParameters: false);
        var bytes = Convert.FromBase64String(certificate);
        return new JsonObject
        {
            ["kid"] = RealmKeys.KeyId(key),
            ["kty"] = "RSA",
            ["alg"] = algorithm,
            ["use"] = use,
            ["x5c"] = new JsonArray(certificate),
            ["x5t"] = Base64Url.EncodeToString(CertificateHash(bytes)),
            ["x5t#S256"] = Base64Url.EncodeToString(SHA256.HashData(bytes)),
            ["n"] = Base64Url.EncodeToString(parameters.Modulus),
            ["e"] = Base64Url.EncodeToString(parameters.Exponent),
        };
    }

    /// <summary>RFC 7517 defines x5t as SHA-1: it only identifies the certificate.</summary>
#pragma warning disable CA5350
    private static byte[] CertificateHash(byte[] certificate) => SHA1.HashData(certificate);
#pragma warning restore CA5350

    private static Realm Find(HttpContext context, string realm) =>
        context.Keycloak().Current.Find(realm) ?? throw Refusal.Error(404, "Realm does not exist");
}
