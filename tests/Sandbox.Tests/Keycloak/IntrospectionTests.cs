namespace Sandbox.Tests.Keycloak;

public sealed class IntrospectionTests(KeycloakServer server) : IClassFixture<KeycloakServer>
{
    private const string Inactive = """{"active":false}""";

    [Fact]
    public async Task A_client_reads_the_tokens_that_name_it_as_audience_and_no_others()
    {
        var realm = await server.CreateRealmAsync(TestRealms.WithApi);
        var named = await server.PasswordAsync(realm, "app", "alice", TestRealms.Password);
        var unnamed = await server.PasswordAsync(realm, "other", "alice", TestRealms.Password);
        var own = await server.ClientCredentialsAsync(realm, "service", TestRealms.Password);

        var read = (await server.IntrospectAsync(realm, "api", named.AccessToken)).Json;

        Assert.True(read["active"]!.GetValue<bool>());
        Assert.Equal(("app", "alice", "Bearer"), (read["client_id"]!.GetValue<string>(),
            read["username"]!.GetValue<string>(), read["token_type"]!.GetValue<string>()));
        (await server.IntrospectAsync(realm, "api", unnamed.AccessToken)).Is(200, Inactive);
        (await server.IntrospectAsync(realm, "service", own.AccessToken)).Is(200, Inactive);
    }

    [Fact]
    public async Task A_refresh_token_is_read_by_its_own_client_and_only_with_the_hint()
    {
        var realm = await server.CreateRealmAsync(TestRealms.WithApi);
        var tokens = await server.RequestTokenAsync(realm, ("grant_type", "password"), ("client_id", "api"),
            ("client_secret", TestRealms.Password), ("username", "alice"), ("password", TestRealms.Password));
        var refresh = tokens.Json["refresh_token"]!.GetValue<string>();

        var read = (await server.IntrospectAsync(realm, "api", refresh, "refresh_token")).Json;

        Assert.True(read["active"]!.GetValue<bool>());
        Assert.Equal(("Refresh", "Refresh", "api"), (read["typ"]!.GetValue<string>(),
            read["token_type"]!.GetValue<string>(), read["client_id"]!.GetValue<string>()));
        (await server.IntrospectAsync(realm, "api", refresh)).Is(200, Inactive);
        (await server.IntrospectAsync(realm, "service", refresh, "refresh_token")).Is(200, Inactive);
        (await server.RevokeAsync(realm, "api", refresh)).Is(200);
        (await server.IntrospectAsync(realm, "api", refresh, "refresh_token")).Is(200, Inactive);
    }

    [Fact]
    public async Task An_id_token_is_read_by_its_own_client()
    {
        var realm = await server.CreateRealmAsync(TestRealms.WithApi);
        var tokens = await server.RequestTokenAsync(realm, ("grant_type", "password"), ("client_id", "api"),
            ("client_secret", TestRealms.Password), ("username", "alice"), ("password", TestRealms.Password),
            ("scope", "openid"));
        var id = tokens.Json["id_token"]!.GetValue<string>();

        var read = (await server.IntrospectAsync(realm, "api", id)).Json;

        Assert.Equal((true, "ID"), (read["active"]!.GetValue<bool>(), read["token_type"]!.GetValue<string>()));
        (await server.IntrospectAsync(realm, "service", id)).Is(200, Inactive);
    }

    [Theory]
    [InlineData("token", "", 400, """{"error":"invalid_request","error_description":"Token not provided."}""")]
    [InlineData("token", "x.y.z", 200, Inactive)]
    [InlineData("token_type_hint", "magic", 400,
        """{"error":"invalid_request","error_description":"Unsupported token type."}""")]
    public async Task A_request_without_a_readable_token_is_refused(string field, string value, int status, string body)
    {
        var realm = await server.CreateRealmAsync(TestRealms.WithApi);
        var form = field == "token" ? [(field, value)] : new[] { ("token", "x.y.z"), (field, value) };

        (await server.PostFormAsync(realm, "token/introspect", "api", form)).Is(status, body);
    }
}
