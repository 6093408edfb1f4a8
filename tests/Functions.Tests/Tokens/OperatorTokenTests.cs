using System.Net;
using System.Text;
using Microsoft.IdentityModel.Tokens;
using Testing;

namespace Functions.Tests.Tokens;

public sealed class OperatorTokenTests(World world)
{
    private readonly FunctionsApplication app = world.Application;

    private DateTimeOffset Now => app.Time.GetUtcNow();

    [Fact]
    public async Task An_operator_is_let_in() =>
        (await app.GetAsync("/tenants", world.Realm.Token(Now))).Expect(HttpStatusCode.OK);

    [Fact]
    public async Task Without_a_token_or_with_another_kind_nobody_is_let_in()
    {
        var lead = await app.Given.VerifiedLeadAsync();

        (await app.GetAsync("/tenants")).IsProblem(401, "token_missing");
        (await app.GetAsync("/tenants", lead.Jwt)).IsProblem(401, "token_invalid");
        (await app.GetAsync("/tenants", lead.Token)).IsProblem(401, "token_invalid");
        (await app.SendAsync(HttpMethod.Get, "/tenants", null, null, ("Authorization", "Basic YTpi")))
            .IsProblem(401, "token_missing");
    }

    [Fact]
    public async Task A_token_that_is_not_quite_right_is_refused()
    {
        foreach (string token in (string[])
        [
            world.Realm.Token(Now, type: "ID"),
            world.Realm.Token(Now, type: "Refresh"),
            world.Realm.Token(Now, issuer: "http://127.0.0.1:1/realms/platform"),
            world.Realm.Token(Now, audience: "account"),
            world.Realm.Token(Now, audience: null),
            world.Realm.Token(Now, signedBy: new SigningKey("first")),
            world.Realm.Token(Now, signedBy: new SigningKey("unknown")),
            world.Realm.Token(Now, notBefore: TimeSpan.FromMinutes(2)),
        ])
        {
            (await app.GetAsync("/tenants", token)).IsProblem(401, "token_invalid");
        }
    }

    // The oldest trick on a verifier that lets the token choose: https://www.rfc-editor.org/rfc/rfc8725#section-2.1
    [Fact]
    public async Task A_token_of_another_algorithm_is_refused_even_when_keyed_with_what_everybody_knows()
    {
        (await app.GetAsync("/tenants", world.Realm.Token(Now))).Expect(HttpStatusCode.OK);
        string good = world.Realm.Token(Now);
        string payload = good.Split('.')[1];
        string none = $"{Base64UrlEncoder.Encode("""{"alg":"none","typ":"JWT","kid":"first"}""")}.{payload}.";
        string pem = world.Realm.PublicKeyPem;
        byte[] der = Convert.FromBase64String(
            string.Concat(pem.Split('\n').Where(line => !line.StartsWith("-----", StringComparison.Ordinal))));

        foreach (string forged in (string[])
        [
            none,
            none + good.Split('.')[2],
            $"{Base64UrlEncoder.Encode("""{"alg":"NONE","typ":"JWT","kid":"first"}""")}.{payload}.",
            KeyedWith(Encoding.UTF8.GetBytes(pem)),
            KeyedWith(Encoding.UTF8.GetBytes(pem + "\n")),
            KeyedWith(der),
        ])
        {
            (await app.GetAsync("/tenants", forged)).IsProblem(401, "token_invalid");
            // Where a lead's HS256 is taken as well.
            (await app.GetAsync($"/tenants/{Guid.CreateVersion7(Now)}/provisioning", forged))
                .IsProblem(401, "token_invalid");
        }

        string KeyedWith(byte[] key) => world.Realm.Token(Now, credentials: new SigningCredentials(
            new SymmetricSecurityKey(key) { KeyId = "first" }, SecurityAlgorithms.HmacSha256));
    }

    [Fact]
    public async Task A_token_that_has_expired_says_so() =>
        (await app.GetAsync("/tenants", world.Realm.Token(Now.AddMinutes(-10)))).IsProblem(401, "token_expired");

    [Fact]
    public async Task A_user_of_the_realm_without_the_role_is_forbidden() =>
        (await app.GetAsync("/tenants", world.Realm.Token(Now, role: "viewer"))).IsProblem(403, "forbidden");

    [Fact]
    public async Task The_key_set_is_asked_again_for_a_new_key_but_not_by_everybody_who_makes_one_up()
    {
        await using var realm = await OperatorRealm.StartAsync();
        await using var own = world.Start(("OPERATOR_ISSUER", realm.Issuer));
        (await own.GetAsync("/tenants", realm.Token(own.Time.GetUtcNow()))).Expect(HttpStatusCode.OK);
        realm.RotateKey("second");
        own.Time.Advance(TimeSpan.FromMinutes(1));

        (await own.GetAsync("/tenants", realm.Token(own.Time.GetUtcNow()))).Expect(HttpStatusCode.OK);
        Assert.Equal(2, realm.Fetched);

        for (int i = 0; i < 5; i++)
        {
            string madeUp = realm.Token(own.Time.GetUtcNow(), signedBy: new SigningKey($"made-up-{i}"));
            (await own.GetAsync("/tenants", madeUp)).IsProblem(401, "token_invalid");
        }

        Assert.Equal(2, realm.Fetched);
    }

    [Fact]
    public async Task Without_the_key_set_it_is_not_the_tokens_fault()
    {
        await using var realm = await OperatorRealm.StartAsync();
        realm.IsAway = true;
        await using var own = world.Start(("OPERATOR_ISSUER", realm.Issuer));

        (await own.GetAsync("/tenants", realm.Token(own.Time.GetUtcNow()))).IsProblem(503, "unavailable");
        (await own.GetAsync("/tenants", realm.Token(own.Time.GetUtcNow()))).IsProblem(503, "unavailable");
        Assert.Equal(1, realm.Fetched);
        realm.IsAway = false;
        own.Time.Advance(TimeSpan.FromSeconds(1));
        (await own.GetAsync("/tenants", realm.Token(own.Time.GetUtcNow()))).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Calls_that_waited_for_a_key_set_that_is_away_do_not_each_ask_for_it_anew()
    {
        await using var realm = await OperatorRealm.StartAsync();
        var held = new TaskCompletionSource();
        realm.Held = held.Task;
        realm.IsAway = true;
        await using var own = world.Start(("OPERATOR_ISSUER", realm.Issuer));
        string token = realm.Token(own.Time.GetUtcNow());
        var first = own.GetAsync("/tenants", token);
        await AssertMore.EventuallyAsync(() => Task.FromResult(realm.Fetched), fetched => fetched == 1);

        // As long as a fetch may take.
        own.Time.Advance(TimeSpan.FromSeconds(5));
        held.SetResult();

        (await first).IsProblem(503, "unavailable");
        (await own.GetAsync("/tenants", token)).IsProblem(503, "unavailable");
        Assert.Equal(1, realm.Fetched);
    }

    [Theory]
    [InlineData("nowhere")]
    [InlineData("")]
    [InlineData("http://")]
    [InlineData("ftp://127.0.0.1/certs")]
    public async Task A_realm_that_names_no_address_for_its_key_set_is_not_the_tokens_fault_either(string url)
    {
        await using var realm = await OperatorRealm.StartAsync();
        realm.KeySetUrl = url;
        await using var own = world.Start(("OPERATOR_ISSUER", realm.Issuer));

        (await own.GetAsync("/tenants", realm.Token(own.Time.GetUtcNow()))).IsProblem(503, "unavailable");
    }

    [Fact]
    public async Task Who_calls_is_asked_before_the_body_is_read()
    {
        var tenant = await app.Given.TenantAsync();
        string path = $"/tenants/{tenant.Id}/provision";

        (await app.PostAsync(path, "{ no json")).IsProblem(401, "token_missing");
        (await app.PostAsync(path, "{ no json", world.Realm.Token(Now))).IsProblem(400, "invalid_request", "body");
    }
}
