using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Api.Tests.RateLimits;

/// <summary>The proof of work of a sign-up, solved as the ALTCHA protocol describes it.</summary>
public sealed class SignUpChallengeTests(ApiFixture fixture)
{
    private const int MaxNumber = 100;

    [Fact]
    public async Task No_sign_up_needs_a_challenge_by_default()
    {
        (await fixture.Application.GetAsync("/leads/challenge")).AssertProblem(404, "not_found");

        await fixture.Application.Data.CreateLeadAsync();
    }

    [Fact]
    public async Task A_challenge_has_the_form_of_the_protocol()
    {
        await using var app = StartApplication("always");

        var challenge = (await app.GetAsync("/leads/challenge")).Expect(HttpStatusCode.OK);

        Assert.Equal(["algorithm", "challenge", "maxnumber", "salt", "signature"],
            challenge.Json.EnumerateObject().Select(property => property.Name));
        Assert.Equal("SHA-256", challenge.GetString("algorithm"));
        Assert.Equal(MaxNumber, challenge.Json.GetProperty("maxnumber").GetInt32());
        Assert.Matches("^[0-9a-f]{64}$", challenge.GetString("challenge"));
        Assert.Matches("^[0-9a-f]{64}$", challenge.GetString("signature"));
        long expires = app.Time.GetUtcNow().AddMinutes(10).ToUnixTimeSeconds();
        Assert.Matches($"^[0-9a-f]{{24}}\\?expires={expires}&key=k1&$", challenge.GetString("salt"));
    }

    [Fact]
    public async Task A_solution_is_good_for_one_sign_up()
    {
        await using var app = StartApplication("always");
        (await SignUpAsync(app, solution: null)).AssertProblem(403, "challenge_required");
        string solution = Encode(await SolveAsync(app));
        // A sign-up that is refused for its body does not use it up.
        (await app.SendAsync(HttpMethod.Post, "/leads", null, JsonContent.Create(new { }), ("Altcha", solution)))
            .AssertProblem(400, "invalid_request", "email");

        (await SignUpAsync(app, solution)).Expect(HttpStatusCode.Created);

        (await SignUpAsync(app, solution)).AssertProblem(403, "challenge_required");
        (await SignUpAsync(app, Encode(await SolveAsync(app)))).Expect(HttpStatusCode.Created);
    }

    [Fact]
    public async Task A_solution_is_refused_once_its_challenge_has_expired()
    {
        await using var app = StartApplication("always");
        string solution = Encode(await SolveAsync(app));
        app.Time.Advance(TimeSpan.FromMinutes(10));

        (await SignUpAsync(app, solution)).AssertProblem(403, "challenge_required");
    }

    [Fact]
    public async Task A_forged_solution_is_refused()
    {
        await using var app = StartApplication("always");
        var genuine = await SolveAsync(app);
        string salt = genuine["salt"]!.GetValue<string>();
        int number = genuine["number"]!.GetValue<int>();
        foreach (Action<JsonObject> forge in (Action<JsonObject>[])
        [
            solution => solution["number"] = number + 1,
            solution => solution["algorithm"] = "SHA-1",
            solution => solution["signature"] = new string('0', 64),
            solution => solution["signature"] = "",
            solution => solution["salt"] = salt.Replace("expires=1", "expires=2", StringComparison.Ordinal),
            solution => solution["salt"] = salt.Replace("key=k1", "key=k2", StringComparison.Ordinal),
            // The digits of the number moved into the last parameter of the salt.
            solution => (solution["salt"], solution["number"]) = ($"{salt}{number}", 0),
            solution => solution["salt"] = null,
            solution => solution.Remove("challenge"),
            solution => solution["challenge"] = Hash($"{salt}{number + 1}"),
        ])
        {
            var forged = genuine.DeepClone().AsObject();
            forge(forged);
            (await SignUpAsync(app, Encode(forged))).AssertProblem(403, "challenge_required");
        }

        foreach (string text in (string[])["", "x", "e30=", "bnVsbA==", "W10=", "!!!!", new string('A', 4000)])
        {
            (await SignUpAsync(app, text)).AssertProblem(403, "challenge_required");
        }

        (await SignUpAsync(app, Encode(genuine))).Expect(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Under_pressure_alone_a_sign_up_needs_a_solution()
    {
        await using var app = StartApplication("pressure", ("LEADS_RATE_LIMIT", "100"), ("LEADS_MAILS_PER_HOUR", "2"));
        var lead = await app.Data.CreateLeadAsync();
        await app.Data.CreateLeadAsync();

        (await SignUpAsync(app, solution: null)).AssertProblem(403, "challenge_required");
        (await SignUpAsync(app, Encode(await SolveAsync(app)))).Expect(HttpStatusCode.Created);
        // A resend mails to the recipient of an earlier sign-up.
        (await app.PostAsync($"/leads/{lead.Id}/resend")).Expect(HttpStatusCode.OK);

        app.Time.Advance(TimeSpan.FromHours(1));
        await app.Data.CreateLeadAsync();
    }

    private ApiApplication StartApplication(string mode, params (string, string)[] settings) =>
        fixture.StartApplication(
            [("SIGNUP_CHALLENGE", mode), ("SIGNUP_CHALLENGE_MAX_NUMBER", $"{MaxNumber}"), .. settings]);

    private static Task<Answer> SignUpAsync(ApiApplication app, string? solution) => app.SendAsync(
        HttpMethod.Post, "/leads", null, JsonContent.Create(TestData.SignUp($"{TestData.NewKey()}.com")),
        solution is null ? [] : [("Altcha", solution)]);

    private static async Task<JsonObject> SolveAsync(ApiApplication app)
    {
        var challenge = (await app.GetAsync("/leads/challenge")).Expect(HttpStatusCode.OK);
        string salt = challenge.GetString("salt");
        int number = Enumerable.Range(0, MaxNumber + 1).First(candidate =>
            Hash($"{salt}{candidate}") == challenge.GetString("challenge"));
        return new JsonObject
        {
            ["algorithm"] = challenge.GetString("algorithm"),
            ["challenge"] = challenge.GetString("challenge"),
            ["number"] = number,
            ["salt"] = salt,
            ["signature"] = challenge.GetString("signature"),
            ["took"] = 12, // ALTCHA's own client sends it too.
        };
    }

    private static string Encode(JsonObject solution) =>
        Convert.ToBase64String(Encoding.UTF8.GetBytes(solution.ToJsonString()));

    private static string Hash(FormattableString text) => Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString(CultureInfo.InvariantCulture))));
}
