using System.Net;
using System.Net.Http.Json;

namespace Api.Tests.RateLimits;

/// <summary>Replays of sign-up abuse over HTTP, with seeded order and addresses.</summary>
public sealed class AbuseReplayTests(ApiFixture fixture)
{
    private const int AttackersNetworks = 105;
    private const int CallsOfEach = 10;
    private const int AttackPerHonest = 25;

    [Theory]
    [InlineData("2001:db8:0:0:", 30)] // one IPv6 /56: three times the limit of an address
    [InlineData("2001:db8:0:1", 60)] // one IPv6 /48: six times
    public async Task Hundreds_of_networks_of_one_customer_stop_no_honest_sign_up(string prefix, int admitted)
    {
        await using var app = fixture.StartApplication(
            ("LEADS_RATE_LIMIT", "10"), ("CLIENT_ADDRESS_HEADER", "X-Client-Address"));
        var random = new Random(13);
        string[] attack = [.. Enumerable.Repeat(Enumerable.Range(0, AttackersNetworks), CallsOfEach)
            .SelectMany(numbers => numbers).Select(number => NetworkOf(prefix, number))];
        random.Shuffle(attack);
        int attackers = 0, honest = 0, honestCalls = 0;
        for (int i = 0; i < attack.Length; i++)
        {
            attackers += await SignUpAsync(app, attack[i]) ? 1 : 0;
            app.Time.Advance(TimeSpan.FromMilliseconds(14));
            if (i % AttackPerHonest == 0)
            {
                honestCalls++;
                honest += await SignUpAsync(app, HonestAddress(random)) ? 1 : 0;
            }
        }

        // 1 050 sign-ups of the attacker in 15 seconds; 42 of others, all served.
        Assert.Equal((1050, 42, 42, admitted), (attack.Length, honestCalls, honest, attackers));
    }

    [Fact]
    public async Task Under_pressure_the_shares_of_networks_narrow_and_no_honest_sign_up_is_refused()
    {
        await using var app = fixture.StartApplication(
            ("LEADS_RATE_LIMIT", "10"), ("CLIENT_ADDRESS_HEADER", "X-Client-Address"),
            ("LEADS_MAILS_PER_HOUR", "200"), ("LEADS_MAILS_UNDER_PRESSURE", "5"));
        var random = new Random(13);
        int attackers = 0, honest = 0;
        for (int i = 0; i < 630; i++)
        {
            // 30 customers with a /48 each, and a new network for each call.
            string address = $"2001:db8:{random.Next(30):x}:{i:x}::1";
            attackers += await SignUpAsync(app, address) ? 1 : 0;
            app.Time.Advance(TimeSpan.FromSeconds(2));
            if (i % 15 == 0)
            {
                honest += await SignUpAsync(app, HonestAddress(random)) ? 1 : 0;
            }
        }

        // 630 sign-ups of the attackers and 42 of others, all served. The attackers get about the limit of all.
        Assert.Equal((42, 201), (honest, attackers));
        Assert.Single(app.Log.All, line => line.Contains(
            "SIGN_UP_PRESSURE: 200 mails of sign-ups in the current hour.", StringComparison.Ordinal));
    }

    // Within one /56 the networks differ in the last two digits of the fourth group, within one /48 in the group.
    private static string NetworkOf(string prefix, int number) => prefix.EndsWith(':')
        ? $"{prefix[..^2]}{number:x}::1"
        : $"{prefix[..^1]}{number << 8:x}::1";

    private static string HonestAddress(Random random) => random.Next(2) == 0
        ? $"203.{random.Next(256)}.{random.Next(256)}.{random.Next(1, 255)}"
        : $"2a{random.Next(256):x2}:{random.Next(65536):x}:{random.Next(65536):x}:1::1";

    private static async Task<bool> SignUpAsync(ApiApplication app, string address)
    {
        var answer = await app.SendAsync(
            HttpMethod.Post, "/leads", null, JsonContent.Create(TestData.SignUp($"{TestData.NewKey()}.com")),
            ("X-Client-Address", address));
        if (answer.Status != HttpStatusCode.Created)
        {
            answer.AssertProblem(429, "too_many_requests");
        }

        return answer.Status == HttpStatusCode.Created;
    }
}
