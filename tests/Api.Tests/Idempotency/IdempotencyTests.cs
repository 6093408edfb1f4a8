using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using ControlPlane.Idempotency;
using Npgsql;
using Testing;

namespace Api.Tests.Idempotency;

/// <summary>The header <c>Idempotency-Key</c> of sign-ups and of new tenants.</summary>
public sealed class IdempotencyTests(ApiFixture fixture)
{
    private readonly ApiApplication app = fixture.Application;

    [Fact]
    public async Task The_same_sign_up_again_gets_the_same_answer_and_makes_no_second_lead()
    {
        string key = NewKey(), domain = $"{TestData.NewKey()}.com";

        var first = (await SignUpAsync(app, key, domain)).Expect(HttpStatusCode.Created);
        var again = (await SignUpAsync(app, key, domain)).Expect(HttpStatusCode.Created);

        Assert.Equal((first.Text, first.MediaType), (again.Text, again.MediaType));
        Assert.Equal(1, await CountLeadsAsync(domain));
        (await SignUpAsync(app, NewKey(), domain)).Expect(HttpStatusCode.Created);
        Assert.Equal(2, await CountLeadsAsync(domain));
    }

    [Fact]
    public async Task A_key_that_was_used_for_another_body_is_422()
    {
        string key = NewKey(), domain = $"{TestData.NewKey()}.com";
        await SignUpAsync(app, key, $"{TestData.NewKey()}.com");

        (await SignUpAsync(app, key, domain)).AssertProblem(422, "idempotency_key_reused");

        Assert.Equal(0, await CountLeadsAsync(domain));
    }

    [Fact]
    public async Task An_answer_is_kept_for_24_hours()
    {
        await using var isolated = fixture.StartApplication();
        string key = NewKey(), domain = $"{TestData.NewKey()}.com";
        var first = await SignUpAsync(isolated, key, domain);
        isolated.Time.Advance(TimeSpan.FromHours(24) - TimeSpan.FromSeconds(1));
        Assert.Equal(first.Text, (await SignUpAsync(isolated, key, domain)).Text);
        isolated.Time.Advance(TimeSpan.FromSeconds(1));

        var later = (await SignUpAsync(isolated, key, domain)).Expect(HttpStatusCode.Created);

        Assert.NotEqual(first.GetString("id"), later.GetString("id"));
    }

    [Fact]
    public async Task The_same_order_of_a_tenant_gets_the_same_answer_with_a_new_token_too()
    {
        string key = NewKey();
        var lead = await app.Data.CreateVerifiedLeadAsync();
        object order = new { key = TestData.NewKey(), domains = (string[])[lead.Domain] };
        var first = (await OrderAsync(lead, lead.Id, key, order)).Expect(HttpStatusCode.Created);

        var verified = await app.Data.VerifyAsync(lead);
        var again = (await OrderAsync(verified, lead.Id, key, order)).Expect(HttpStatusCode.Created);

        Assert.Equal((first.Text, first.Headers.Location), (again.Text, again.Headers.Location));
        (await OrderAsync(verified, lead.Id, NewKey(), order)).AssertProblem(409, "lead_has_tenant");
    }

    [Fact]
    public async Task The_key_of_another_lead_shows_nothing_of_its_answer()
    {
        string key = NewKey();
        var (lead, other) = (await app.Data.CreateVerifiedLeadAsync(), await app.Data.CreateVerifiedLeadAsync());
        object order = new { key = TestData.NewKey(), domains = (string[])[lead.Domain] };
        (await OrderAsync(lead, lead.Id, key, order)).Expect(HttpStatusCode.Created);

        (await OrderAsync(other, lead.Id, key, order)).AssertProblem(401, "token_wrong_lead");
        (await OrderAsync(other, other.Id, key, order)).AssertProblem(400, "invalid_request", "domains");
        (await OrderAsync(lead with { Jwt = "x" }, lead.Id, key, order)).AssertProblem(401, "token_invalid");
    }

    [Fact]
    public async Task A_second_request_while_the_first_runs_is_409()
    {
        string key = NewKey();
        var lead = await app.Data.CreateVerifiedLeadAsync();
        object order = new { key = TestData.NewKey(), domains = (string[])[lead.Domain] };
        await using var row = await LockAsync(lead);

        // One of them waits for the lead's row.
        Task<Answer>[] both = [OrderAsync(lead, lead.Id, key, order), OrderAsync(lead, lead.Id, key, order)];
        var refused = await Task.WhenAny(both);
        await row.CloseAsync();

        (await refused).AssertProblem(409, "idempotency_key_in_use");
        (await both.Single(answer => answer != refused)).Expect(HttpStatusCode.Created);
    }

    [Fact]
    public async Task A_request_whose_caller_has_gone_ends_and_is_answered_when_it_is_sent_again()
    {
        string key = NewKey();
        var lead = await app.Data.CreateVerifiedLeadAsync();
        object order = new { key = TestData.NewKey(), domains = (string[])[lead.Domain] };
        await using var row = await LockAsync(lead);
        using var caller = new CancellationTokenSource();
        using var http = new HttpClient { BaseAddress = await app.AddressAsync() };
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/leads/{lead.Id}/tenants");
        request.Content = JsonContent.Create(order);
        request.Headers.Authorization = new("Bearer", lead.Jwt);
        request.Headers.Add("Idempotency-Key", key);
        var call = http.SendAsync(request, caller.Token);
        await AssertMore.EventuallyAsync(async () => Assert.Equal(1, await fixture.Postgres.ReadAsync<long>(
            "SELECT count(*) FROM pg_stat_activity WHERE $1 = ANY(pg_blocking_pids(pid))", row.ProcessID)));
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await row.CloseAsync();

        await AssertMore.EventuallyAsync(async () => Assert.Equal(1, await fixture.Postgres.ReadAsync<long>(
            "SELECT count(*) FROM tenants WHERE lead_id = $1", Guid.Parse(lead.Id))));
        await AssertMore.EventuallyAsync(async () =>
            (await OrderAsync(lead, lead.Id, key, order)).Expect(HttpStatusCode.Created));
    }

    [Fact]
    public async Task An_error_is_not_kept_and_the_same_request_runs_again()
    {
        await using var away = fixture.StartApplication(
            ("LEAD_TOKEN_DELIVERY", "email"), ("TEMPORAL_ADDRESS", "127.0.0.1:1"));
        string key = NewKey(), domain = $"{TestData.NewKey()}.com";
        (await SignUpAsync(away, key, domain)).AssertProblem(503, "unavailable");

        (await SignUpAsync(app, key, domain)).Expect(HttpStatusCode.Created);
    }

    [Fact]
    public async Task A_repeated_request_counts_for_no_limit_of_mails()
    {
        await using var isolated = fixture.StartApplication(
            ("LEADS_RATE_LIMIT", "100"), ("LEADS_MAILS_PER_NETWORK", "1"), ("LEADS_MAILS_PER_RECIPIENT", "1"));
        string key = NewKey(), domain = $"{TestData.NewKey()}.com";
        var first = (await SignUpAsync(isolated, key, domain)).Expect(HttpStatusCode.Created);

        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(first.Text, (await SignUpAsync(isolated, key, domain)).Text);
        }
    }

    [Theory]
    [InlineData("too short")]
    [InlineData("15-characters-x")]
    [InlineData("not quoted and with blanks")]
    [InlineData("\"never closed, but long enough")]
    [InlineData("\"a \" within the quotes\"")]
    [InlineData("\"an unknown escape \\n here\"")]
    [InlineData("\"ends in a backslash\\\"")]
    [InlineData("0197b0a1-0000-7000-8000-000000000001, 0197b0a1-0000-7000-8000-000000000002")]
    [InlineData("\"0197b0a1-0000-7000-8000-000000000001\";a=1")]
    [InlineData("")]
    public async Task A_malformed_key_is_400(string key) =>
        (await SignUpAsync(app, key, $"{TestData.NewKey()}.com"))
            .AssertProblem(400, "invalid_request", "Idempotency-Key");

    [Fact]
    public async Task A_key_of_more_than_255_characters_is_400() =>
        await A_malformed_key_is_400(new string('a', 256));

    [Fact]
    public async Task Quotes_around_a_key_do_not_count()
    {
        string key = NewKey(), domain = $"{TestData.NewKey()}.com";

        var first = await SignUpAsync(app, key, domain);

        Assert.Equal(first.Text, (await SignUpAsync(app, $"\"{key}\"", domain)).Text);
    }

    [Fact]
    public async Task A_row_shows_neither_key_nor_body_nor_answer()
    {
        string key = NewKey(), domain = $"{TestData.NewKey()}.com";
        var answer = (await SignUpAsync(app, key, domain)).Expect(HttpStatusCode.Created);

        string rows = await fixture.Postgres.ReadAsync<string>(
            "SELECT string_agg(encode(key_hash || body_hash || answer, 'escape'), ' ') FROM idempotent_answers");

        Assert.All([key, domain, answer.GetString("id"), answer.GetString("key")],
            text => Assert.DoesNotContain(text, rows, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_claim_whose_process_died_is_taken_over_after_a_minute()
    {
        var answers = new IdempotentAnswers(fixture.Postgres.Functions, app.Time);
        var (keyHash, bodyHash) = (Encoding.UTF8.GetBytes(NewKey()), Encoding.UTF8.GetBytes("body"));
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var isolated = fixture.StartApplication();
        var later = new IdempotentAnswers(fixture.Postgres.Functions, isolated.Time);
        var lost = await answers.ClaimAsync(keyHash, bodyHash, cancellationToken);
        Assert.Null((await later.ClaimAsync(keyHash, bodyHash, cancellationToken)).Id);
        isolated.Time.Advance(IdempotentAnswers.ClaimLifetime);

        var claim = await later.ClaimAsync(keyHash, bodyHash, cancellationToken);

        Assert.NotNull(claim.Id);
        // The late end of the first one changes nothing.
        await answers.ReleaseAsync(keyHash, lost.Id!.Value, cancellationToken);
        await answers.SaveAsync(keyHash, lost.Id.Value, [1], cancellationToken);
        Assert.Equal(claim with { Id = null }, await later.ClaimAsync(keyHash, bodyHash, cancellationToken));
    }

    private static string NewKey() => RandomNumberGenerator.GetHexString(32);

    private static Task<Answer> SignUpAsync(ApiApplication app, string key, string domain) => app.SendAsync(
        HttpMethod.Post, "/leads", null, JsonContent.Create(TestData.SignUp(domain)), ("Idempotency-Key", key));

    private Task<Answer> OrderAsync(TestLead lead, string id, string key, object order) => app.SendAsync(
        HttpMethod.Post, $"/leads/{id}/tenants", lead.Jwt, JsonContent.Create(order), ("Idempotency-Key", key));

    /// <summary>Locks the lead's row, for which a new tenant waits, until the connection is closed.</summary>
    private async Task<NpgsqlConnection> LockAsync(TestLead lead)
    {
        var connection = await fixture.Postgres.Owner.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = $"BEGIN; SELECT FROM leads WHERE id = '{lead.Id}' FOR UPDATE";
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        return connection;
    }

    private Task<long> CountLeadsAsync(string domain) => fixture.Postgres.ReadAsync<long>(
        "SELECT count(*) FROM leads WHERE email = $1", $"admin@{domain}");
}
