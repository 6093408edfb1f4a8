using System.Net;
using ControlPlane.Security;
using Testing;

namespace Functions.Tests.Invitations;

[Collection(StandInWorker.Collection)]
public sealed class InvitationsApiTests(World world) : IAsyncLifetime
{
    private StandInWorker worker = null!;

    private FunctionsApplication App => worker.Functions;

    private string Operator => world.Realm.Token(App.Time.GetUtcNow());

    public async ValueTask InitializeAsync() => worker = await StandInWorker.StartAsync(world);

    public ValueTask DisposeAsync() => worker.DisposeAsync();

    [Fact]
    public async Task An_accepted_password_reaches_the_worker_and_leaves_no_trace()
    {
        string token = await worker.InvitationAsync();

        (await AcceptAsync(token, "correct horse battery")).Expect(HttpStatusCode.NoContent);

        Assert.Equal(["correct horse battery"], worker.Passwords);
        Assert.Equal(0L, await world.Postgres.ReadAsync<long>("SELECT count(*) FROM sealed_passwords"));
        Assert.DoesNotContain(App.Log.All, line => line.Contains("correct horse", StringComparison.Ordinal)
            || line.Contains(token, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_refused_password_comes_back_in_the_words_of_the_refusal_and_the_invitation_stays_good()
    {
        string token = await worker.InvitationAsync();

        var refused = await AcceptAsync(token, "short");

        refused.IsProblem(422, "password_rejected", "password");
        Assert.Equal("Invalid password: minimum length 8.", refused.Value("detail"));
        (await AcceptAsync(token, "long enough now")).Expect(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task An_invitation_is_used_once()
    {
        string token = await worker.InvitationAsync();
        (await AcceptAsync(token, "correct horse battery")).Expect(HttpStatusCode.NoContent);

        (await AcceptAsync(token, "another password")).IsProblem(409, "wrong_state");
    }

    [Fact]
    public async Task After_72_hours_an_invitation_has_expired()
    {
        string token = await worker.InvitationAsync();
        App.Time.Advance(TimeSpan.FromHours(72));

        (await AcceptAsync(token, "correct horse battery")).IsProblem(401, "token_expired");
    }

    [Fact]
    public async Task A_new_invitation_kills_the_old_link_and_is_mailed()
    {
        var tenant = await worker.ActiveTenantAsync();
        string old = await worker.InvitationAsync(tenant);

        var renewed = (await App.PostAsync($"/tenants/{tenant.Id}/invitations", null, Operator))
            .Expect(HttpStatusCode.Accepted);

        (await AcceptAsync(old, "correct horse battery")).IsProblem(401, "token_invalid", "token");
        var mail = await (await world.TemporalClientAsync())
            .GetWorkflowHandle($"send-invitation-{renewed.Value("id")}-2").DescribeAsync();
        Assert.Equal("SendInvitation", mail.WorkflowType);
    }

    [Fact]
    public async Task Only_the_administrator_of_an_ACTIVE_tenant_is_invited()
    {
        var tenant = await App.Given.TenantAsync();

        (await App.PostAsync($"/tenants/{tenant.Id}/invitations", null, Operator)).IsProblem(409, "wrong_state");
    }

    [Fact]
    public async Task A_token_that_is_none_is_refused()
    {
        var tenant = await worker.ActiveTenantAsync();
        await worker.InvitationAsync(tenant);

        (await AcceptAsync(tenant.Lead.Token, "correct horse battery")).IsProblem(401, "token_invalid", "token");
        (await AcceptAsync("nonsense", "correct horse battery")).IsProblem(401, "token_invalid", "token");
        (await AcceptAsync(null, "correct horse battery")).IsProblem(400, "invalid_request", "token");
        Assert.Empty(worker.Passwords);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("with\0nul")]
    [InlineData("with\nline")]
    public async Task A_password_that_cannot_be_one_is_refused(string? password) =>
        (await AcceptAsync(await worker.InvitationAsync(), password))
            .IsProblem(400, "invalid_request", "password");

    [Fact]
    public async Task A_password_of_257_characters_is_refused() =>
        (await AcceptAsync(await worker.InvitationAsync(), new string('x', 257)))
            .IsProblem(400, "invalid_request", "password");

    [Theory]
    [InlineData("""{"token":1,"password":"correct horse"}""", "token")]
    [InlineData("""{"token":["a"],"password":"correct horse"}""", "token")]
    [InlineData("""{"token":"a","password":12345678}""", "password")]
    [InlineData("""{"token":"a","password":true}""", "password")]
    [InlineData("""{"token":"a","password":{"value":"correct horse"}}""", "password")]
    [InlineData("""{"token":"a","password":["correct horse"]}""", "password")]
    [InlineData("""{"token":"a","password":"correct","password":"horse"}""", "password")]
    [InlineData("[]", "body")]
    [InlineData("null", "body")]
    public async Task A_body_of_other_types_is_refused_and_nothing_of_it_said(string body, string field)
    {
        var answer = await App.PostAsync("/invitations/accept", body);

        answer.IsProblem(400, "invalid_request", field);
        Assert.DoesNotContain("correct", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("12345678", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_one_password_is_being_set_another_waits_its_turn()
    {
        await worker.StopAsync();
        string token = await worker.InvitationAsync();
        var first = AcceptAsync(token, "correct horse battery");
        await AssertMore.EventuallyAsync(async () =>
            Assert.Equal(1L, await world.Postgres.ReadAsync<long>("SELECT count(*) FROM sealed_passwords")));

        (await AcceptAsync(token, "another password")).IsProblem(409, "wrong_state");

        // The worker stays away: the caller is told, and the password does not stay behind.
        await AssertMore.EventuallyAsync(() =>
        {
            App.Time.Advance(TimeSpan.FromSeconds(61));
            Assert.True(first.IsCompleted);
            return Task.CompletedTask;
        });
        (await first).IsProblem(503, "unavailable");
        Assert.Equal(0L, await world.Postgres.ReadAsync<long>("SELECT count(*) FROM sealed_passwords"));
    }

    // The run of an invitation is shared: one that is still at work on the password of a caller who has given up serves
    // whoever comes next.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task How_the_password_of_another_call_ended_is_not_told_as_the_end_of_this_one(bool accepted)
    {
        string token = await worker.InvitationAsync();
        worker.EndAsAnother(accepted);

        (await AcceptAsync(token, "correct horse battery")).IsProblem(503, "unavailable");

        Assert.Equal(0L, await world.Postgres.ReadAsync<long>("SELECT count(*) FROM sealed_passwords"));
    }

    [Fact]
    public async Task A_password_that_was_left_behind_is_erased_when_the_next_one_is_taken()
    {
        string abandoned = await worker.InvitationAsync();
        await world.Postgres.ExecuteAsync(
            """
            INSERT INTO sealed_passwords (invitation_id, generation, key_id, sealed, expires_at)
            SELECT id, 1, 'new', '\x01', $2 FROM invitations WHERE id = $1
            """,
            MailedTokens.ReadId(abandoned)!.Value, App.Time.GetUtcNow());

        (await AcceptAsync(await worker.InvitationAsync(), "correct horse battery")).Expect(HttpStatusCode.NoContent);

        Assert.Equal(0L, await world.Postgres.ReadAsync<long>("SELECT count(*) FROM sealed_passwords"));
    }

    [Fact]
    public async Task Without_a_sealing_key_nothing_is_taken()
    {
        string token = await worker.InvitationAsync();
        await world.Postgres.ExecuteAsync("DELETE FROM sealing_keys");

        (await AcceptAsync(token, "correct horse battery")).IsProblem(503, "not_configured");
    }

    private Task<Answer> AcceptAsync(string? token, string? password) =>
        App.PostAsync("/invitations/accept", new { token, password });
}
