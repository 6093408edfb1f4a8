namespace Sandbox.Tests.Keycloak;

public sealed class RevocationTests(KeycloakServer server) : IClassFixture<KeycloakServer>
{
    private const string Inactive = """{"active":false}""";

    [Fact]
    public async Task A_revoked_access_token_is_refused_and_its_session_goes_on()
    {
        var realm = await server.CreateRealmAsync(TestRealms.WithApi);
        var tokens = await server.PasswordAsync(realm, "app", "alice", TestRealms.Password, "openid");
        var access = tokens.AccessToken;

        (await server.RevokeAsync(realm, "app", access)).Is(200, "");

        (await server.IntrospectAsync(realm, "api", access)).Is(200, Inactive);
        (await server.GetAsync($"/admin/realms/{realm}/users/count", access)).Is(401);
        (await server.UserInfoAsync(realm, access)).Is(401);
        (await server.RevokeAsync(realm, "app", access)).Is(200, "");
        var refreshed = await server.RefreshAsync(realm, "app", tokens.Json["refresh_token"]!.GetValue<string>());
        refreshed.Is(200);
        (await server.UserInfoAsync(realm, refreshed.AccessToken)).Is(200);
    }

    [Fact]
    public async Task A_revoked_token_of_a_service_account_is_refused_and_a_new_one_works()
    {
        // The account has no role: 403 shows that its token is valid, 401 that it is not.
        var realm = await server.CreateRealmAsync(TestRealms.WithApi);
        var access = (await ServiceTokenAsync()).AccessToken;
        (await server.GetAsync($"/admin/realms/{realm}/users/count", access)).Is(403);

        (await server.RevokeAsync(realm, "service", access)).Is(200, "");

        (await server.GetAsync($"/admin/realms/{realm}/users/count", access)).Is(401);
        var info = await server.UserInfoAsync(realm, access);
        Assert.Equal((401,
            $"Bearer realm=\"{realm}\", error=\"invalid_token\", error_description=\"Token verification failed\""),
            (info.Status, info.Headers.WwwAuthenticate.ToString()));
        var next = (await ServiceTokenAsync()).AccessToken;
        (await server.GetAsync($"/admin/realms/{realm}/users/count", next)).Is(403);

        Task<KeycloakResponse> ServiceTokenAsync() => server.RequestTokenAsync(realm,
            ("grant_type", "client_credentials"), ("client_id", "service"), ("client_secret", TestRealms.Password),
            ("scope", "openid"));
    }

    [Fact]
    public async Task A_revoked_refresh_token_ends_the_session()
    {
        var realm = await server.CreateRealmAsync(TestRealms.WithApi);
        var tokens = await server.PasswordAsync(realm, "app", "alice", TestRealms.Password, "openid");
        var refresh = tokens.Json["refresh_token"]!.GetValue<string>();

        (await server.RevokeAsync(realm, "app", refresh)).Is(200, "");

        (await server.RefreshAsync(realm, "app", refresh)).Is(400,
            """{"error":"invalid_grant","error_description":"Session not active"}""");
        (await server.UserInfoAsync(realm, tokens.AccessToken)).Is(401);
        (await server.IntrospectAsync(realm, "api", tokens.AccessToken)).Is(200, Inactive);
        (await server.RevokeAsync(realm, "app", refresh)).Is(200,
            """{"error":"invalid_token","error_description":"Invalid token"}""");
    }

    [Fact]
    public async Task Only_tokens_of_the_caller_are_revoked_and_no_id_tokens()
    {
        var realm = await server.CreateRealmAsync(TestRealms.WithApi);
        var tokens = await server.PasswordAsync(realm, "app", "alice", TestRealms.Password, "openid");

        foreach (var name in (string[])["access_token", "refresh_token"])
        {
            (await server.RevokeAsync(realm, "other", tokens.Json[name]!.GetValue<string>())).Is(400,
                """{"error":"invalid_request","error_description":"Unmatching clients"}""");
        }
        (await server.RevokeAsync(realm, "app", tokens.Json["id_token"]!.GetValue<string>())).Is(400,
            """{"error":"unsupported_token_type","error_description":"Unsupported token type"}""");
        (await server.RevokeAsync(realm, "app", "")).Is(400,
            """{"error":"invalid_request","error_description":"Token not provided"}""");
        (await server.RevokeAsync(realm, "app", "x.y.z")).Is(200,
            """{"error":"invalid_token","error_description":"Invalid token"}""");
        (await server.UserInfoAsync(realm, tokens.AccessToken)).Is(200);
    }
}
