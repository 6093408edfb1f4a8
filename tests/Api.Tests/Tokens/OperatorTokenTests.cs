using System.Net;
using System.Text;
using Microsoft.IdentityModel.Tokens;
using Testing;

namespace Api.Tests.Tokens;

public sealed class OperatorTokenTests(ApiFixture fixture)
{
    private readonly ApiApplication app = fixture.Application;

    private DateTimeOffset Now => app.Time.GetUtcNow();

    [Fact]
    public async Task An_operator_is_admitted() =>
        (await app.GetAsync("/tenants", fixture.Realm.CreateToken(Now))).Expect(HttpStatusCode.OK);

    [Fact]
    public async Task A_missing_token_or_one_of_another_kind_is_refused()
    {
        var lead = await app.Data.CreateVerifiedLeadAsync();

        (await app.GetAsync("/tenants")).AssertProblem(401, "token_missing");
        (await app.GetAsync("/tenants", lead.Jwt)).AssertProblem(401, "token_invalid");
        (await app.GetAsync("/tenants", lead.Token)).AssertProblem(401, "token_invalid");
        (await app.SendAsync(HttpMethod.Get, "/tenants", null, null, ("Authorization", "Basic YTpi")))
            .AssertProblem(401, "token_missing");
    }

    [Fact]
    public async Task A_token_with_one_wrong_property_is_refused()
    {
        foreach (string token in (string[])
        [
            fixture.Realm.CreateToken(Now, type: "ID"),
            fixture.Realm.CreateToken(Now, type: "Refresh"),
            fixture.Realm.CreateToken(Now, header: new() { ["crit"] = new[] { "exp" } }),
            fixture.Realm.CreateToken(Now, issuer: "http://127.0.0.1:1/realms/platform"),
            fixture.Realm.CreateToken(Now, audience: "account"),
            fixture.Realm.CreateToken(Now, audience: null),
            fixture.Realm.CreateToken(Now, signedBy: new SigningKey("first")),
            fixture.Realm.CreateToken(Now, signedBy: new SigningKey("unknown")),
            fixture.Realm.CreateToken(Now, notBefore: TimeSpan.FromMinutes(2)),
        ])
        {
            (await app.GetAsync("/tenants", token)).AssertProblem(401, "token_invalid");
        }
    }

    // The attack on verifiers that let the token choose: https://www.rfc-editor.org/rfc/rfc8725#section-2.1
    [Fact]
    public async Task A_token_of_another_algorithm_is_refused_even_if_its_key_is_the_public_key()
    {
        (await app.GetAsync("/tenants", fixture.Realm.CreateToken(Now))).Expect(HttpStatusCode.OK);
        string good = fixture.Realm.CreateToken(Now);
        string payload = good.Split('.')[1];
        string none = $"{Base64UrlEncoder.Encode("""{"alg":"none","typ":"JWT","kid":"first"}""")}.{payload}.";
        string pem = fixture.Realm.PublicKeyPem;
        byte[] der = Convert.FromBase64String(
            string.Concat(pem.Split('\n').Where(line => !line.StartsWith("-----", StringComparison.Ordinal))));

        foreach (string forged in (string[])
        [
            none,
            none + good.Split('.')[2],
            $"{Base64UrlEncoder.Encode("""{"alg":"NONE","typ":"JWT","kid":"first"}""")}.{payload}.",
            SignHs256(Encoding.UTF8.GetBytes(pem)),
            SignHs256(Encoding.UTF8.GetBytes(pem + "\n")),
            SignHs256(der),
        ])
        {
            (await app.GetAsync("/tenants", forged)).AssertProblem(401, "token_invalid");
            // This endpoint also accepts a lead's HS256 token.
            (await app.GetAsync($"/tenants/{Guid.CreateVersion7(Now)}/provisioning", forged))
                .AssertProblem(401, "token_invalid");
        }

        string SignHs256(byte[] key) => fixture.Realm.CreateToken(Now, credentials: new SigningCredentials(
            new SymmetricSecurityKey(key) { KeyId = "first" }, SecurityAlgorithms.HmacSha256));
    }

    [Fact]
    public async Task An_expired_token_is_reported_as_expired() =>
        (await app.GetAsync("/tenants", fixture.Realm.CreateToken(Now.AddMinutes(-10))))
            .AssertProblem(401, "token_expired");

    [Fact]
    public async Task A_user_of_the_realm_without_the_role_is_forbidden() =>
        (await app.GetAsync("/tenants", fixture.Realm.CreateToken(Now, role: "viewer")))
            .AssertProblem(403, "forbidden");

    [Fact]
    public async Task The_key_set_is_fetched_again_for_a_new_key_but_not_for_every_made_up_key_id()
    {
        await using var realm = await OperatorRealm.StartAsync();
        await using var isolated = fixture.StartApplication(("OPERATOR_ISSUER", realm.Issuer));
        (await isolated.GetAsync("/tenants", realm.CreateToken(isolated.Time.GetUtcNow()))).Expect(HttpStatusCode.OK);
        realm.RotateKey("second");
        isolated.Time.Advance(TimeSpan.FromMinutes(1));

        (await isolated.GetAsync("/tenants", realm.CreateToken(isolated.Time.GetUtcNow()))).Expect(HttpStatusCode.OK);
        Assert.Equal(2, realm.FetchCount);

        for (int i = 0; i < 5; i++)
        {
            string madeUp = realm.CreateToken(isolated.Time.GetUtcNow(), signedBy: new SigningKey($"made-up-{i}"));
            (await isolated.GetAsync("/tenants", madeUp)).AssertProblem(401, "token_invalid");
        }

        Assert.Equal(2, realm.FetchCount);
    }

    [Fact]
    public async Task An_unreachable_key_set_is_unavailable_and_not_an_invalid_token()
    {
        await using var realm = await OperatorRealm.StartAsync();
        realm.IsUnavailable = true;
        await using var isolated = fixture.StartApplication(("OPERATOR_ISSUER", realm.Issuer));

        (await isolated.GetAsync("/tenants", realm.CreateToken(isolated.Time.GetUtcNow())))
            .AssertProblem(503, "unavailable");
        (await isolated.GetAsync("/tenants", realm.CreateToken(isolated.Time.GetUtcNow())))
            .AssertProblem(503, "unavailable");
        Assert.Equal(1, realm.FetchCount);
        realm.IsUnavailable = false;
        isolated.Time.Advance(TimeSpan.FromSeconds(1));
        (await isolated.GetAsync("/tenants", realm.CreateToken(isolated.Time.GetUtcNow()))).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Known_keys_are_used_for_a_day_while_their_issuer_is_away()
    {
        await using var realm = await OperatorRealm.StartAsync();
        await using var isolated = fixture.StartApplication(("OPERATOR_ISSUER", realm.Issuer));
        Task<Answer> ListAsync(SigningKey? signedBy = null) =>
            isolated.GetAsync("/tenants", realm.CreateToken(isolated.Time.GetUtcNow(), signedBy: signedBy));
        (await ListAsync()).Expect(HttpStatusCode.OK);
        realm.IsUnavailable = true;

        isolated.Time.Advance(TimeSpan.FromHours(2));
        (await ListAsync()).Expect(HttpStatusCode.OK);
        (await ListAsync()).Expect(HttpStatusCode.OK);
        Assert.Equal(2, realm.FetchCount);
        (await ListAsync(new SigningKey("unknown"))).AssertProblem(503, "unavailable");
        Assert.Single(isolated.Log.All, line => line.Contains("stay in use", StringComparison.Ordinal));

        isolated.Time.Advance(TimeSpan.FromHours(23));
        (await ListAsync()).AssertProblem(503, "unavailable");
    }

    [Fact]
    public async Task Calls_that_waited_for_a_failed_fetch_do_not_fetch_again()
    {
        await using var realm = await OperatorRealm.StartAsync();
        var release = new TaskCompletionSource();
        realm.BeforeResponse = release.Task;
        realm.IsUnavailable = true;
        await using var isolated = fixture.StartApplication(("OPERATOR_ISSUER", realm.Issuer));
        string token = realm.CreateToken(isolated.Time.GetUtcNow());
        var first = isolated.GetAsync("/tenants", token);
        await AssertMore.EventuallyAsync(() => Task.FromResult(realm.FetchCount), fetched => fetched == 1);

        // The timeout of a fetch.
        isolated.Time.Advance(TimeSpan.FromSeconds(5));
        release.SetResult();

        (await first).AssertProblem(503, "unavailable");
        (await isolated.GetAsync("/tenants", token)).AssertProblem(503, "unavailable");
        Assert.Equal(1, realm.FetchCount);
    }

    [Theory]
    [InlineData("nowhere")]
    [InlineData("")]
    [InlineData("http://")]
    [InlineData("ftp://127.0.0.1/certs")]
    public async Task An_invalid_key_set_address_is_unavailable_and_not_an_invalid_token(string url)
    {
        await using var realm = await OperatorRealm.StartAsync();
        realm.KeySetUrl = url;
        await using var isolated = fixture.StartApplication(("OPERATOR_ISSUER", realm.Issuer));

        (await isolated.GetAsync("/tenants", realm.CreateToken(isolated.Time.GetUtcNow())))
            .AssertProblem(503, "unavailable");
    }

    [Fact]
    public async Task The_caller_is_authenticated_before_the_body_is_read()
    {
        var tenant = await app.Data.CreateTenantAsync();
        string path = $"/tenants/{tenant.Id}/provision";

        (await app.PostAsync(path, "{ no json")).AssertProblem(401, "token_missing");
        (await app.PostAsync(path, "{ no json", fixture.Realm.CreateToken(Now)))
            .AssertProblem(400, "invalid_request", "body");
    }
}
