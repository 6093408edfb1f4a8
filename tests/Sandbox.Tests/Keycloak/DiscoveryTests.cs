using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Sandbox.Tests.Keycloak;

public sealed class DiscoveryTests(KeycloakServer server) : IClassFixture<KeycloakServer>
{
    [Fact]
    public async Task A_realm_publishes_its_endpoints()
    {
        var realm = await server.CreateRealmAsync();

        var response = await server.GetAsync($"/realms/{realm}/.well-known/openid-configuration");

        Assert.Equal("no-store, must-revalidate, no-cache, no-transform".Split(", ").Order(),
            response.Headers.CacheControl!.ToString().Split(", ").Order());
        var discovery = response.Json;
        Assert.Equal(server.Issuer(realm), discovery["issuer"]!.GetValue<string>());
        foreach (var (name, path) in (Dictionary<string, string>)new()
        {
            ["authorization_endpoint"] = "auth",
            ["token_endpoint"] = "token",
            ["userinfo_endpoint"] = "userinfo",
            ["jwks_uri"] = "certs",
            ["end_session_endpoint"] = "logout",
            ["introspection_endpoint"] = "token/introspect",
        })
            Assert.Equal($"{server.Issuer(realm)}/protocol/openid-connect/{path}", discovery[name]!.GetValue<string>());
        Assert.Contains("S256",
            discovery["code_challenge_methods_supported"]!.AsArray().Select(method => method!.GetValue<string>()));
        Assert.True(discovery["authorization_response_iss_parameter_supported"]!.GetValue<bool>());
    }

    [Fact]
    public async Task Tokens_are_signed_with_the_key_that_the_realm_publishes()
    {
        var realm = await server.CreateRealmAsync(TestRealms.WithApplication);
        var token = (await server.PasswordAsync(realm, "direct", "alice", TestRealms.Password)).AccessToken.Split('.');
        var header = JsonNode.Parse(Base64Url.DecodeFromChars(token[0]))!;

        var keys = (await server.GetAsync($"/realms/{realm}/protocol/openid-connect/certs")).Json["keys"]!.AsArray();

        Assert.Equal(["RSA-OAEP", "RS256"], keys.Select(key => key!["alg"]!.GetValue<string>()).OrderDescending());
        var published = keys.Single(key => key!["kid"]!.GetValue<string>() == header["kid"]!.GetValue<string>())!;
        Assert.Equal(("RS256", "sig"), (header["alg"]!.GetValue<string>(), published["use"]!.GetValue<string>()));
        using var rsa = RSA.Create(new RSAParameters
        {
            Modulus = Base64Url.DecodeFromChars(published["n"]!.GetValue<string>()),
            Exponent = Base64Url.DecodeFromChars(published["e"]!.GetValue<string>()),
        });
        Assert.True(rsa.VerifyData(Encoding.ASCII.GetBytes($"{token[0]}.{token[1]}"),
            Base64Url.DecodeFromChars(token[2]),
            HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
    }

    [Fact]
    public async Task A_forged_token_is_rejected()
    {
        var realm = await server.CreateRealmAsync(TestRealms.WithApplication);
        var real = (await server.PasswordAsync(realm, "direct", "alice", TestRealms.Password)).AccessToken.Split('.');
        var none = Base64Url.EncodeToString("""{"alg":"none","typ":"JWT"}"""u8);

        foreach (var forged in (string[])[$"{none}.{real[1]}.", $"{none}.{real[1]}.{real[2]}", $"{real[0]}.{real[1]}."])
        {
            (await server.GetAsync($"/admin/realms/{realm}", forged)).Is(401);
            var info = await server.GetAsync($"/realms/{realm}/protocol/openid-connect/userinfo", forged);
            Assert.Equal((401, ""), (info.Status, info.Text));
            Assert.Contains("Token verification failed", info.Headers.WwwAuthenticate.ToString(),
                StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_disabled_realm_refuses_logins_but_accepts_existing_tokens()
    {
        var realm = await server.CreateRealmAsync(TestRealms.WithApplication);
        var token = (await server.PasswordAsync(realm, "direct", "alice", TestRealms.Password)).AccessToken;

        await server.PutAsync($"/admin/realms/{realm}", """{"enabled":false}""", await server.GetAdminTokenAsync());

        (await server.GetAsync($"/admin/realms/{realm}", token)).Is(200);
        var refused = await server.PasswordAsync(realm, "direct", "alice", TestRealms.Password);
        refused.Is(403, """{"error":"access_denied","error_description":"Realm not enabled"}""");
    }

    [Theory]
    [InlineData("/realms/nosuch", """{"error":"Realm does not exist"}""")]
    [InlineData("/realms/nosuch/.well-known/openid-configuration", """{"error":"Realm does not exist"}""")]
    [InlineData("/realms/nosuch/protocol/openid-connect/auth", """{"error":"Realm does not exist"}""")]
    [InlineData("/nosuch", """{"error":"Unable to find matching target resource method"}""")]
    public async Task An_unknown_path_is_answered_with_404(string path, string text)
    {
        var response = await server.GetAsync(path);

        response.Is(404, text);
    }

    [Fact]
    public async Task The_root_redirects_to_the_console()
    {
        var response = await server.GetAsync("/");

        Assert.Equal((302, new Uri(server.Address, "/admin/").ToString()), (response.Status, response.Location));
    }
}
