using System.Net;
using System.Text;

namespace Api.Tests.Leads;

public sealed class LeadsApiTests(ApiFixture fixture)
{
    private readonly ApiApplication app = fixture.Application;

    [Fact]
    public async Task A_sign_up_returns_an_id_and_in_development_its_token()
    {
        var answer = (await app.PostAsync("/leads", TestData.SignUp($"{TestData.NewKey()}.com")))
            .Expect(HttpStatusCode.Created);

        Assert.Equal(["key", "id"], answer.Json.EnumerateObject().Select(property => property.Name));
        Assert.True(Guid.TryParseExact(answer.GetString("id"), "D", out _));
    }

    [Fact]
    public async Task A_known_address_gets_a_new_lead()
    {
        var first = await app.Data.CreateLeadAsync();

        var second = await app.Data.CreateLeadAsync(first.Domain);

        Assert.NotEqual(first.Id, second.Id);
    }

    [Fact]
    public async Task An_address_is_optional() => (await app.PostAsync("/leads", new
    {
        email = $"a@{TestData.NewKey()}.com",
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
    public async Task An_invalid_field_is_named(string field, string? value)
    {
        var body = new Dictionary<string, string?>
        {
            ["email"] = "admin@newcompany.com",
            ["firstName"] = "John",
            ["lastName"] = "Doe",
            ["companyName"] = "New Company Inc",
            [field] = value,
        };

        (await app.PostAsync("/leads", body)).AssertProblem(400, "invalid_request", field);
    }

    [Theory]
    [InlineData("firstName", 101)]
    [InlineData("lastName", 101)]
    [InlineData("companyName", 101)]
    [InlineData("email", 300)]
    public async Task An_over_long_field_is_named(string field, int length) => await An_invalid_field_is_named(
        field, field == "email" ? new string('a', length - 16) + "@newcompany.com" : new string('x', length));

    [Theory]
    [InlineData("country", 101)]
    [InlineData("address", 201)]
    [InlineData("city", 101)]
    [InlineData("state", 101)]
    [InlineData("zip", 21)]
    public async Task Each_field_of_an_address_is_limited_and_printable(string field, int tooLong)
    {
        foreach (string value in (string[])[new string('x', tooLong), "a\0b", "a\nb"])
        {
            (await SignUpAtAsync(new() { ["country"] = "US", [field] = value }))
                .AssertProblem(400, "invalid_request", $"address.{field}");
        }

        (await SignUpAtAsync(new() { ["country"] = "US", [field] = new string('x', tooLong - 1) }))
            .Expect(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Only_the_country_of_an_address_is_required()
    {
        (await SignUpAtAsync(new() { ["country"] = "US" })).Expect(HttpStatusCode.Created);
        foreach (var address in (Dictionary<string, string?>[])
        [
            new() { ["city"] = "San Francisco" },
            new() { ["country"] = null },
            new() { ["country"] = " " },
        ])
        {
            (await SignUpAtAsync(address)).AssertProblem(400, "invalid_request", "address.country");
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
    public async Task An_invalid_body_is_refused_and_its_field_named(string body, string field) =>
        (await app.PostAsync("/leads", body)).AssertProblem(400, "invalid_request", field);

    [Fact]
    public async Task A_body_of_another_type_is_415() =>
        (await app.PostAsync("/leads", "email=a", mediaType: "application/x-www-form-urlencoded"))
            .AssertProblem(415, "unsupported_media_type");

    [Fact]
    public async Task A_body_above_64_KiB_is_413() =>
        (await app.PostAsync("/leads", $$"""{"email":"{{new string('a', 65 * 1024)}}"}"""))
            .AssertProblem(413, "too_large");

    [Fact]
    public async Task A_body_above_64_KiB_without_a_length_is_413()
    {
        using var endless = new StreamContent(new MemoryStream(
            Encoding.UTF8.GetBytes($$"""{"email":"{{new string('a', 65 * 1024)}}"}""")));
        endless.Headers.ContentType = new("application/json");

        var answer = await app.SendAsync(HttpMethod.Post, "/leads", null, endless, ("Transfer-Encoding", "chunked"));

        answer.AssertProblem(413, "too_large");
    }

    [Fact]
    public async Task A_refused_sign_up_writes_nothing()
    {
        string domain = $"{TestData.NewKey()}.com";

        (await app.PostAsync("/leads", new { email = $"admin@{domain}", firstName = "J" }))
            .AssertProblem(400, "invalid_request", "lastName");

        Assert.Equal(0L, await fixture.Postgres.ReadAsync<long>(
            "SELECT count(*) FROM leads WHERE email = $1", $"admin@{domain}"));
    }

    [Fact]
    public async Task A_token_can_be_used_repeatedly_and_gives_a_new_JWT_each_time()
    {
        var lead = await app.Data.CreateVerifiedLeadAsync();

        var again = await app.Data.VerifyAsync(lead);

        Assert.NotEqual(lead.Jwt, again.Jwt);
    }

    [Fact]
    public async Task A_token_expires_after_30_minutes()
    {
        await using var isolated = fixture.StartApplication();
        var lead = await isolated.Data.CreateLeadAsync();
        isolated.Time.Advance(TimeSpan.FromMinutes(30));

        (await isolated.PostAsync($"/leads/{lead.Id}/verify", bearer: lead.Token)).AssertProblem(401, "token_expired");
    }

    [Fact]
    public async Task A_token_of_another_lead_is_refused()
    {
        var lead = await app.Data.CreateLeadAsync();
        var other = await app.Data.CreateLeadAsync();

        (await app.PostAsync($"/leads/{lead.Id}/verify", bearer: other.Token)).AssertProblem(401, "token_wrong_lead");
    }

    [Fact]
    public async Task A_missing_or_malformed_token_verifies_no_lead()
    {
        var lead = await app.Data.CreateVerifiedLeadAsync();

        (await app.PostAsync($"/leads/{lead.Id}/verify")).AssertProblem(401, "token_missing");
        (await app.PostAsync($"/leads/{lead.Id}/verify", bearer: "nonsense")).AssertProblem(401, "token_invalid");
        (await app.PostAsync($"/leads/{lead.Id}/verify", bearer: lead.Jwt)).AssertProblem(401, "token_invalid");
        (await app.PostAsync($"/leads/{lead.Id}/verify", bearer: lead.Token + "x")).AssertProblem(401, "token_invalid");
    }

    [Fact]
    public async Task An_unknown_lead_gets_the_same_answer_as_a_wrong_token()
    {
        var lead = await app.Data.CreateLeadAsync();

        (await app.PostAsync($"/leads/{Guid.CreateVersion7(app.Time.GetUtcNow())}/verify", bearer: lead.Token))
            .AssertProblem(401, "token_invalid");
    }

    [Fact]
    public async Task A_new_token_invalidates_the_old_one()
    {
        var lead = await app.Data.CreateLeadAsync();

        var answer = (await app.PostAsync($"/leads/{lead.Id}/resend")).Expect(HttpStatusCode.OK);

        (await app.PostAsync($"/leads/{lead.Id}/verify", bearer: lead.Token)).AssertProblem(401, "token_invalid");
        await app.Data.VerifyAsync(lead with { Token = answer.GetString("key") });
    }

    [Fact]
    public async Task A_resend_for_an_unknown_lead_is_404() =>
        (await app.PostAsync($"/leads/{Guid.CreateVersion7(app.Time.GetUtcNow())}/resend"))
            .AssertProblem(404, "not_found");

    [Fact]
    public async Task With_delivery_by_mail_the_answer_has_only_the_id_and_a_workflow_sends_the_token()
    {
        await using var isolated = fixture.StartApplication(("LEAD_TOKEN_DELIVERY", "email"));

        var answer = (await isolated.PostAsync("/leads", TestData.SignUp($"{TestData.NewKey()}.com")))
            .Expect(HttpStatusCode.Created);
        await isolated.PostAsync($"/leads/{answer.GetString("id")}/resend");

        Assert.Equal(["id"], answer.Json.EnumerateObject().Select(property => property.Name));
        var client = await fixture.ConnectTemporalAsync();
        foreach (int generation in (int[])[1, 2])
        {
            var mail = await client.GetWorkflowHandle($"send-lead-verification-{answer.GetString("id")}-{generation}")
                .DescribeAsync();
            Assert.Equal("SendLeadVerification", mail.WorkflowType);
        }
    }

    [Fact]
    public async Task Nothing_is_written_if_no_mail_can_be_sent()
    {
        await using var isolated = fixture.StartApplication(("LEAD_TOKEN_DELIVERY", "email"), ("TEMPORAL_ADDRESS", ""));
        string domain = $"{TestData.NewKey()}.com";

        (await isolated.PostAsync("/leads", TestData.SignUp(domain))).AssertProblem(503, "not_configured");

        Assert.Equal(0L, await fixture.Postgres.ReadAsync<long>(
            "SELECT count(*) FROM leads WHERE email = $1", $"admin@{domain}"));
    }

    [Theory]
    [InlineData("", "not_configured")]
    [InlineData("127.0.0.1:1", "unavailable")]
    public async Task The_mailed_link_stays_valid_if_no_new_one_can_be_sent(string temporal, string code)
    {
        await using var isolated = fixture.StartApplication(
            ("LEAD_TOKEN_DELIVERY", "email"), ("TEMPORAL_ADDRESS", temporal));
        var lead = await app.Data.CreateLeadAsync();

        (await isolated.PostAsync($"/leads/{lead.Id}/resend")).AssertProblem(503, code);

        await app.Data.VerifyAsync(lead);
    }

    [Fact]
    public async Task The_mailed_link_stays_valid_until_the_new_one_is_sent()
    {
        await using var isolated = fixture.StartApplication(("LEAD_TOKEN_DELIVERY", "email"));
        var lead = await app.Data.CreateLeadAsync();

        // No worker is running, so the mail is not sent.
        (await isolated.PostAsync($"/leads/{lead.Id}/resend")).Expect(HttpStatusCode.OK);

        await app.Data.VerifyAsync(lead);
    }

    [Fact]
    public async Task Neither_address_nor_token_is_logged()
    {
        await using var isolated = fixture.StartApplication();
        var lead = await isolated.Data.CreateVerifiedLeadAsync();

        Assert.Contains(isolated.Log.All, line => line.Contains($"a***@{lead.Domain}", StringComparison.Ordinal));
        Assert.DoesNotContain(isolated.Log.All, line => line.Contains($"admin@{lead.Domain}", StringComparison.Ordinal)
            || line.Contains(lead.Token, StringComparison.Ordinal)
            || line.Contains(lead.Jwt, StringComparison.Ordinal));
    }

    private Task<Answer> SignUpAtAsync(Dictionary<string, string?> address) => app.PostAsync("/leads", new
    {
        email = $"a@{TestData.NewKey()}.com",
        firstName = "J",
        lastName = "D",
        companyName = "C",
        address,
    });
}
