using System.Net;
using System.Text;

namespace Functions.Tests.Leads;

public sealed class LeadsApiTests(World world)
{
    private readonly FunctionsApplication app = world.Application;

    [Fact]
    public async Task A_sign_up_gets_an_id_and_in_development_its_token()
    {
        var answer = (await app.PostAsync("/leads", Given.SignUp($"{Given.Key()}.com"))).Expect(HttpStatusCode.Created);

        Assert.Equal(["key", "id"], answer.Json.EnumerateObject().Select(property => property.Name));
        Assert.True(Guid.TryParseExact(answer.Value("id"), "D", out _));
    }

    [Fact]
    public async Task A_known_address_makes_no_difference()
    {
        var first = await app.Given.LeadAsync();

        var second = await app.Given.LeadAsync(first.Domain);

        Assert.NotEqual(first.Id, second.Id);
    }

    [Fact]
    public async Task An_address_is_optional() => (await app.PostAsync("/leads", new
    {
        email = $"a@{Given.Key()}.com",
        firstName = "J",
        lastName = "D",
        companyName = "C",
    })).Expect(HttpStatusCode.Created);

    [Theory]
    [InlineData("email", null)]
    [InlineData("email", "")]
    [InlineData("email", "nobody")]
    [InlineData("email", "someone@gmail.com")]
    [InlineData("email", "admin@10.0.0.1")]
    [InlineData("email", "admin\u0000@newcompany.com")]
    [InlineData("firstName", null)]
    [InlineData("firstName", "   ")]
    [InlineData("firstName", "a\u0000b")]
    [InlineData("lastName", "a\nb")]
    [InlineData("companyName", "a\u007Fb")]
    public async Task A_wrong_field_is_named(string field, string? value)
    {
        var body = new Dictionary<string, string?>
        {
            ["email"] = "admin@newcompany.com",
            ["firstName"] = "John",
            ["lastName"] = "Doe",
            ["companyName"] = "New Company Inc",
            [field] = value,
        };

        (await app.PostAsync("/leads", body)).IsProblem(400, "invalid_request", field);
    }

    [Theory]
    [InlineData("firstName", 101)]
    [InlineData("lastName", 101)]
    [InlineData("companyName", 101)]
    [InlineData("email", 300)]
    public async Task An_over_long_field_is_named(string field, int length) => await A_wrong_field_is_named(
        field, field == "email" ? new string('a', length - 16) + "@newcompany.com" : new string('x', length));

    [Theory]
    [InlineData("country", 101)]
    [InlineData("address", 201)]
    [InlineData("city", 101)]
    [InlineData("state", 101)]
    [InlineData("zip", 21)]
    public async Task Each_field_of_an_address_is_bounded_and_printable(string field, int tooLong)
    {
        foreach (string value in (string[])[new string('x', tooLong), "a\0b", "a\nb"])
        {
            (await SignUpAtAsync(new() { ["country"] = "US", [field] = value }))
                .IsProblem(400, "invalid_request", $"address.{field}");
        }

        (await SignUpAtAsync(new() { ["country"] = "US", [field] = new string('x', tooLong - 1) }))
            .Expect(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Only_the_country_of_an_address_is_required()
    {
        (await SignUpAtAsync(new() { ["country"] = "US" })).Expect(HttpStatusCode.Created);
        foreach (var without in (Dictionary<string, string?>[])
        [
            new() { ["city"] = "San Francisco" },
            new() { ["country"] = null },
            new() { ["country"] = " " },
        ])
        {
            (await SignUpAtAsync(without)).IsProblem(400, "invalid_request", "address.country");
        }
    }

    [Theory]
    [InlineData("""{"email":""", "email")]
    [InlineData("{", "body")]
    [InlineData("", "body")]
    [InlineData("null", "body")]
    [InlineData("[]", "body")]
    [InlineData("\"text\"", "body")]
    [InlineData("12", "body")]
    [InlineData("""{"email":1}""", "email")]
    [InlineData("""{"email":["a"]}""", "email")]
    [InlineData("""{"email":{"a":1}}""", "email")]
    [InlineData("""{"address":"Main St"}""", "address")]
    [InlineData("""{"address":{"country":5}}""", "address.country")]
    [InlineData("""{"email":"a@b.co","email":"c@d.co"}""", "email")]
    [InlineData("{\"email\":\"a\u0000\"}", "email")]
    [InlineData("""{"firstName":"\ud800"}""", "firstName")]
    public async Task A_body_that_is_not_as_expected_is_said(string body, string field) =>
        (await app.PostAsync("/leads", body)).IsProblem(400, "invalid_request", field);

    [Fact]
    public async Task A_body_of_another_type_is_415() =>
        (await app.PostAsync("/leads", "email=a", mediaType: "application/x-www-form-urlencoded"))
            .IsProblem(415, "unsupported_media_type");

    [Fact]
    public async Task A_body_above_64_KiB_is_413() =>
        (await app.PostAsync("/leads", $$"""{"email":"{{new string('a', 65 * 1024)}}"}""")).IsProblem(413, "too_large");

    [Fact]
    public async Task A_body_above_64_KiB_without_a_length_is_413()
    {
        using var endless = new StreamContent(new MemoryStream(
            Encoding.UTF8.GetBytes($$"""{"email":"{{new string('a', 65 * 1024)}}"}""")));
        endless.Headers.ContentType = new("application/json");

        var answer = await app.SendAsync(HttpMethod.Post, "/leads", null, endless, ("Transfer-Encoding", "chunked"));

        answer.IsProblem(413, "too_large");
    }

    [Fact]
    public async Task Nothing_is_written_for_a_sign_up_that_is_refused()
    {
        string domain = $"{Given.Key()}.com";

        (await app.PostAsync("/leads", new { email = $"admin@{domain}", firstName = "J" }))
            .IsProblem(400, "invalid_request", "lastName");

        Assert.Equal(0L, await world.Postgres.ReadAsync<long>(
            "SELECT count(*) FROM leads WHERE email = $1", $"admin@{domain}"));
    }

    [Fact]
    public async Task A_token_is_good_until_it_expires_each_time_for_a_fresh_JWT()
    {
        var lead = await app.Given.VerifiedLeadAsync();

        var again = await app.Given.VerifyAsync(lead);

        Assert.NotEqual(lead.Jwt, again.Jwt);
    }

    [Fact]
    public async Task After_30_minutes_a_token_has_expired()
    {
        await using var own = world.Start();
        var lead = await own.Given.LeadAsync();
        own.Time.Advance(TimeSpan.FromMinutes(30));

        (await own.PostAsync($"/leads/{lead.Id}/verify", bearer: lead.Token)).IsProblem(401, "token_expired");
    }

    [Fact]
    public async Task A_token_of_another_lead_is_refused()
    {
        var lead = await app.Given.LeadAsync();
        var other = await app.Given.LeadAsync();

        (await app.PostAsync($"/leads/{lead.Id}/verify", bearer: other.Token)).IsProblem(401, "token_wrong_lead");
    }

    [Fact]
    public async Task Without_a_token_or_with_nonsense_nobody_is_verified()
    {
        var lead = await app.Given.VerifiedLeadAsync();

        (await app.PostAsync($"/leads/{lead.Id}/verify")).IsProblem(401, "token_missing");
        (await app.PostAsync($"/leads/{lead.Id}/verify", bearer: "nonsense")).IsProblem(401, "token_invalid");
        (await app.PostAsync($"/leads/{lead.Id}/verify", bearer: lead.Jwt)).IsProblem(401, "token_invalid");
        (await app.PostAsync($"/leads/{lead.Id}/verify", bearer: lead.Token + "x")).IsProblem(401, "token_invalid");
    }

    [Fact]
    public async Task An_unknown_lead_is_answered_like_a_wrong_token()
    {
        var lead = await app.Given.LeadAsync();

        (await app.PostAsync($"/leads/{Guid.CreateVersion7(app.Time.GetUtcNow())}/verify", bearer: lead.Token))
            .IsProblem(401, "token_invalid");
    }

    [Fact]
    public async Task A_new_token_kills_the_old_one()
    {
        var lead = await app.Given.LeadAsync();

        var answer = (await app.PostAsync($"/leads/{lead.Id}/resend")).Expect(HttpStatusCode.OK);

        (await app.PostAsync($"/leads/{lead.Id}/verify", bearer: lead.Token)).IsProblem(401, "token_invalid");
        await app.Given.VerifyAsync(lead with { Token = answer.Value("key") });
    }

    [Fact]
    public async Task A_new_token_for_an_unknown_lead_is_404() =>
        (await app.PostAsync($"/leads/{Guid.CreateVersion7(app.Time.GetUtcNow())}/resend"))
            .IsProblem(404, "not_found");

    [Fact]
    public async Task By_mail_the_answer_carries_only_the_id_and_a_workflow_sends_the_token()
    {
        await using var own = world.Start(("LEAD_TOKEN_DELIVERY", "email"));

        var answer = (await own.PostAsync("/leads", Given.SignUp($"{Given.Key()}.com"))).Expect(HttpStatusCode.Created);
        await own.PostAsync($"/leads/{answer.Value("id")}/resend");

        Assert.Equal(["id"], answer.Json.EnumerateObject().Select(property => property.Name));
        var client = await world.TemporalClientAsync();
        foreach (int generation in (int[])[1, 2])
        {
            var mail = await client.GetWorkflowHandle($"send-lead-verification-{answer.Value("id")}-{generation}")
                .DescribeAsync();
            Assert.Equal("SendLeadVerification", mail.WorkflowType);
        }
    }

    [Fact]
    public async Task Where_no_mail_could_follow_nothing_is_written()
    {
        await using var own = world.Start(("LEAD_TOKEN_DELIVERY", "email"), ("TEMPORAL_ADDRESS", ""));
        string domain = $"{Given.Key()}.com";

        (await own.PostAsync("/leads", Given.SignUp(domain))).IsProblem(503, "not_configured");

        Assert.Equal(0L, await world.Postgres.ReadAsync<long>(
            "SELECT count(*) FROM leads WHERE email = $1", $"admin@{domain}"));
    }

    [Theory]
    [InlineData("", "not_configured")]
    [InlineData("127.0.0.1:1", "unavailable")]
    public async Task The_link_that_was_mailed_stays_good_where_no_new_one_could_be(string temporal, string code)
    {
        await using var own = world.Start(("LEAD_TOKEN_DELIVERY", "email"), ("TEMPORAL_ADDRESS", temporal));
        var lead = await app.Given.LeadAsync();

        (await own.PostAsync($"/leads/{lead.Id}/resend")).IsProblem(503, code);

        await app.Given.VerifyAsync(lead);
    }

    [Fact]
    public async Task The_link_that_was_mailed_stays_good_until_the_new_one_is()
    {
        await using var own = world.Start(("LEAD_TOKEN_DELIVERY", "email"));
        var lead = await app.Given.LeadAsync();

        // No worker sends it.
        (await own.PostAsync($"/leads/{lead.Id}/resend")).Expect(HttpStatusCode.OK);

        await app.Given.VerifyAsync(lead);
    }

    [Fact]
    public async Task Neither_address_nor_token_is_logged()
    {
        await using var own = world.Start();
        var lead = await own.Given.VerifiedLeadAsync();

        Assert.Contains(own.Log.All, line => line.Contains($"a***@{lead.Domain}", StringComparison.Ordinal));
        Assert.DoesNotContain(own.Log.All, line => line.Contains($"admin@{lead.Domain}", StringComparison.Ordinal)
            || line.Contains(lead.Token, StringComparison.Ordinal)
            || line.Contains(lead.Jwt, StringComparison.Ordinal));
    }

    private Task<Answer> SignUpAtAsync(Dictionary<string, string?> address) => app.PostAsync("/leads", new
    {
        email = $"a@{Given.Key()}.com",
        firstName = "J",
        lastName = "D",
        companyName = "C",
        address,
    });
}
