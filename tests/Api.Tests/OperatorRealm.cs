using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Api.Tests;

/// <summary>
/// The operators' realm: serves its discovery document and key set on the loopback interface, and creates tokens.
/// </summary>
public sealed class OperatorRealm : IAsyncDisposable
{
    private readonly WebApplication server;
    private volatile SigningKey key = new("first");
    private int fetchCount;

    private OperatorRealm(WebApplication server) => this.server = server;

    public string Issuer { get; private set; } = "";

    /// <summary>Whether the key set answers 503.</summary>
    public bool IsUnavailable { get; set; }

    /// <summary>The address of the key set in the discovery document; null: the real one.</summary>
    public string? KeySetUrl { get; set; }

    /// <summary>The task that the key set awaits before it answers.</summary>
    public Task BeforeResponse { get; set; } = Task.CompletedTask;

    /// <summary>The public key of the current signing key.</summary>
    public string PublicKeyPem => key.Key.Rsa.ExportSubjectPublicKeyInfoPem();

    /// <summary>The number of requests for the key set.</summary>
    public int FetchCount => fetchCount;

    public static async Task<OperatorRealm> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        var server = builder.Build();
        var realm = new OperatorRealm(server);
        server.MapGet("/realms/platform/.well-known/openid-configuration", context =>
            context.Response.WriteAsync(
                $$"""{"issuer":"{{realm.Issuer}}","jwks_uri":"{{realm.KeySetUrl ?? realm.Issuer + "/certs"}}"}"""));
        server.MapGet("/realms/platform/certs", realm.WriteKeySetAsync);
        await server.StartAsync();
        realm.Issuer = server.Services.GetRequiredService<IServer>().Features
            .Get<IServerAddressesFeature>()!.Addresses.Single() + "/realms/platform";
        return realm;
    }

    /// <summary>Replaces the signing key and removes the old one from the key set.</summary>
    public void RotateKey(string id) => key = new SigningKey(id);

    /// <summary>Creates a token; by default a valid access token of an operator.</summary>
    public string CreateToken(
        DateTimeOffset now, string? issuer = null, string? audience = "control-plane", string type = "Bearer",
        string role = "operator", TimeSpan? lifetime = null, TimeSpan? notBefore = null, SigningKey? signedBy = null,
        SigningCredentials? credentials = null, Dictionary<string, object>? header = null)
    {
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(
            new SecurityTokenDescriptor
            {
                Issuer = issuer ?? Issuer,
                Audience = audience,
                NotBefore = (now + (notBefore ?? TimeSpan.Zero)).UtcDateTime,
                IssuedAt = now.UtcDateTime,
                Expires = (now + (lifetime ?? TimeSpan.FromMinutes(5))).UtcDateTime,
                Claims = new Dictionary<string, object>
                {
                    ["sub"] = "operator-1",
                    ["preferred_username"] = "erika@operators.example",
                    ["typ"] = type,
                    ["realm_access"] = new Dictionary<string, object> { ["roles"] = new[] { "offline_access", role } },
                },
                AdditionalHeaderClaims = header,
                SigningCredentials = credentials
                    ?? new SigningCredentials((signedBy ?? key).Key, SecurityAlgorithms.RsaSha256),
            });
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    private async Task WriteKeySetAsync(HttpContext context)
    {
        Interlocked.Increment(ref fetchCount);
        await BeforeResponse;
        context.Response.StatusCode = IsUnavailable ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK;
        await context.Response.WriteAsync(IsUnavailable ? "" : $$"""{"keys":[{{key.PublicJson()}}]}""");
    }
}

/// <summary>An RSA key with an id.</summary>
public sealed class SigningKey(string id)
{
    public RsaSecurityKey Key { get; } = new(RSA.Create(2048)) { KeyId = id };

    public string PublicJson()
    {
        var parameters = Key.Rsa.ExportParameters(includePrivateParameters: false);
        return $$"""
            {"kid":"{{id}}","kty":"RSA","alg":"RS256","use":"sig",
             "n":"{{Base64UrlEncoder.Encode(parameters.Modulus)}}",
             "e":"{{Base64UrlEncoder.Encode(parameters.Exponent)}}"}
            """;
    }
}
