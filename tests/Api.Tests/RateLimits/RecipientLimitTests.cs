using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Temporalio.Exceptions;

namespace Api.Tests.RateLimits;

/// <summary>Above a limit of the recipient the answer stays the same, and the mail is not sent.</summary>
public sealed class RecipientLimitTests(ApiFixture fixture)
{
    [Fact]
    public async Task Many_addresses_cannot_flood_one_mailbox()
    {
        await using var app = fixture.StartApplication(
            ("LEADS_RATE_LIMIT", "1000"), ("LEADS_MAILS_PER_RECIPIENT", "3"), ("LEAD_TOKEN_DELIVERY", "email"));
        string domain = $"{TestData.NewKey()}.com";
        string[] users = ["admin", "ADMIN", "admin+1", "Admin+2", "admin+3+4"];
        var answers = new List<Answer>();
        foreach (string user in users)
        {
            answers.Add(await app.PostAsync("/leads", TestData.SignUp(domain.ToUpperInvariant(), user)));
        }

        Assert.All(answers, answer => Assert.Equal(
            ["id"], answer.Expect(HttpStatusCode.Created).Json.EnumerateObject().Select(property => property.Name)));
        var mailed = new List<bool>();
        foreach (var answer in answers)
        {
            mailed.Add(await IsMailedAsync(answer.GetString("id"), generation: 1));
        }

        Assert.Equal([true, true, true, false, false], mailed);
    }

    [Fact]
    public async Task The_recipient_of_a_stopped_mail_gets_one_by_a_later_resend()
    {
        await using var app = fixture.StartApplication(
            ("LEADS_RATE_LIMIT", "1000"), ("LEADS_MAILS_PER_RECIPIENT", "1"));
        var first = await app.Data.CreateLeadAsync();
        var second = await app.PostAsync("/leads", TestData.SignUp(first.Domain));
        string id = second.Expect(HttpStatusCode.Created).GetString("id");
        Assert.False(IsDelivered(second));
        Assert.False(IsDelivered((await app.PostAsync($"/leads/{id}/resend")).Expect(HttpStatusCode.OK)));

        app.Time.Advance(TimeSpan.FromHours(1));
        var resent = (await app.PostAsync($"/leads/{id}/resend")).Expect(HttpStatusCode.OK);

        await app.Data.VerifyAsync(new TestLead(id, first.Domain, resent.GetString("key"), Jwt: ""));
    }

    [Fact]
    public async Task Mails_to_one_domain_narrow_the_share_of_each_network_and_stop_for_no_other()
    {
        await using var app = fixture.StartApplication(
            ("LEADS_RATE_LIMIT", "1000"), ("LEADS_MAILS_PER_DOMAIN", "6"), ("LEADS_MAILS_UNDER_PRESSURE", "2"),
            ("CLIENT_ADDRESS_HEADER", "X-Client-Address"));
        string domain = $"{TestData.NewKey()}.com";
        var delivered = new List<bool>();
        for (int i = 0; i < 8; i++)
        {
            // Eight networks of one IPv6 /48.
            delivered.Add(await IsDeliveredAsync(app, $"2001:db8:7:{i:x}00::1", domain, $"user{i}"));
        }

        delivered.Add(await IsDeliveredAsync(app, "203.0.113.1", domain, "employee"));
        delivered.Add(await IsDeliveredAsync(app, "2001:db8:7:1::1", $"{TestData.NewKey()}.com", "other"));

        Assert.Equal([true, true, true, true, true, true, false, false, true, true], delivered);
    }

    private static async Task<bool> IsDeliveredAsync(ApiApplication app, string address, string domain, string user) =>
        IsDelivered((await app.SendAsync(
            HttpMethod.Post, "/leads", null, JsonContent.Create(TestData.SignUp(domain, user)),
            ("X-Client-Address", address))).Expect(HttpStatusCode.Created));

    private static bool IsDelivered(Answer answer) => answer.Json.TryGetProperty("key", out JsonElement _);

    private async Task<bool> IsMailedAsync(string lead, int generation)
    {
        var client = await fixture.ConnectTemporalAsync();
        try
        {
            await client.GetWorkflowHandle($"send-lead-verification-{lead}-{generation}").DescribeAsync();
            return true;
        }
        catch (RpcException e) when (e.Code == RpcException.StatusCode.NotFound)
        {
            return false;
        }
    }
}
