using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Functions.Tests;

/// <summary>
/// The operators' realm: its discovery document and key set on the loopback interface, and tokens of it.
/// </summary>
public sealed class OperatorRealm : IAsyncDisposable
{
    private readonly WebApplication server;
    private volatile SigningKey key = new("first");
    private int fetched;

    private OperatorRealm(WebApplication server) => this.server = server;

    public string Issuer { get; private set; } = "";

    /// <summary>While true the key set answers 503.</summary>
    public bool IsAway { get; set; }

    /// <summary>Where the discovery document says that the key set is; null: where it really is.</summary>
    public string? KeySetUrl { get; set; }

    /// <summary>The key set is answered when this has ended.</summary>
    public Task Held { get; set; } = Task.CompletedTask;

    /// <summary>The public half of the key that signs now.</summary>
    public string PublicKeyPem => key.Key.Rsa.ExportSubjectPublicKeyInfoPem();

    /// <summary>How often the key set was asked for.</summary>
    public int Fetched => fetched;

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
        server.MapGet("/realms/platform/certs", realm.AnswerKeysAsync);
        await server.StartAsync();
        realm.Issuer = server.Services.GetRequiredService<IServer>().Features
            .Get<IServerAddressesFeature>()!.Addresses.Single() + "/realms/platform";
        return realm;
    }

    /// <summary>Signs with a new key from now on; the old one is no longer in the set.</summary>
    public void RotateKey(string id) => key = new SigningKey(id);

    /// <summary>An operator's access token, unless told otherwise.</summary>
    public string Token(
        DateTimeOffset now, string? issuer = null, string? audience = "control-plane", string type = "Bearer",
        string role = "operator", TimeSpan? lifetime = null, TimeSpan? notBefore = null, SigningKey? signedBy = null,
        SigningCredentials? credentials = null)
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
                    ["typ"] = type,
                    ["realm_access"] = new Dictionary<string, object> { ["roles"] = new[] { "offline_access", role } },
                },
                SigningCredentials = credentials
                    ?? new SigningCredentials((signedBy ?? key).Key, SecurityAlgorithms.RsaSha256),
            });
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    private async Task AnswerKeysAsync(HttpContext context)
    {
        Interlocked.Increment(ref fetched);
        await Held;
        context.Response.StatusCode = IsAway ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK;
        await context.Response.WriteAsync(IsAway ? "" : $$"""{"keys":[{{key.PublicJson()}}]}""");
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
