using System.Net;
using ControlPlane.Security;
using Testing;

namespace Api.Tests.Invitations;

[Collection(FakeWorker.Collection)]
public sealed class InvitationsApiTests(ApiFixture fixture) : IAsyncLifetime
{
    private FakeWorker worker = null!;

    private ApiApplication App => worker.Functions;

    private string OperatorToken => fixture.Realm.CreateToken(App.Time.GetUtcNow());

    public async ValueTask InitializeAsync() => worker = await FakeWorker.StartAsync(fixture);

    public ValueTask DisposeAsync() => worker.DisposeAsync();

    [Fact]
    public async Task An_accepted_password_reaches_the_worker_and_leaves_no_trace()
    {
        string token = await worker.CreateInvitationTokenAsync();

        (await AcceptAsync(token, "correct horse battery")).Expect(HttpStatusCode.NoContent);

        Assert.Equal(["correct horse battery"], worker.Passwords);
        Assert.Equal(0L, await fixture.Postgres.ReadAsync<long>("SELECT count(*) FROM sealed_passwords"));
        Assert.DoesNotContain(App.Log.All, line => line.Contains("correct horse", StringComparison.Ordinal)
            || line.Contains(token, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_refused_password_is_answered_with_Keycloaks_message_and_the_invitation_stays_valid()
    {
        string token = await worker.CreateInvitationTokenAsync();

        var refused = await AcceptAsync(token, "short");

        refused.AssertProblem(422, "password_rejected", "password");
        Assert.Equal("Invalid password: minimum length 8.", refused.GetString("detail"));
        (await AcceptAsync(token, "long enough now")).Expect(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task An_invitation_can_be_used_only_once()
    {
        string token = await worker.CreateInvitationTokenAsync();
        (await AcceptAsync(token, "correct horse battery")).Expect(HttpStatusCode.NoContent);

        (await AcceptAsync(token, "another password")).AssertProblem(409, "wrong_state");
    }

    [Fact]
    public async Task An_invitation_expires_after_72_hours()
    {
        string token = await worker.CreateInvitationTokenAsync();
        App.Time.Advance(TimeSpan.FromHours(72));

        (await AcceptAsync(token, "correct horse battery")).AssertProblem(401, "token_expired");
    }

    [Fact]
    public async Task A_new_invitation_invalidates_the_old_link_and_is_mailed()
    {
        var tenant = await worker.CreateActiveTenantAsync();
        string old = await worker.CreateInvitationTokenAsync(tenant);

        string newest = await worker.CreateInvitationTokenAsync(tenant);

        (await AcceptAsync(old, "correct horse battery")).AssertProblem(401, "token_invalid", "token");
        (await AcceptAsync(newest, "correct horse battery")).Expect(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task The_old_link_stays_valid_while_Temporal_is_unreachable()
    {
        var tenant = await worker.CreateActiveTenantAsync();
        string old = await worker.CreateInvitationTokenAsync(tenant);
        await using var apart = fixture.StartApplication(("TEMPORAL_ADDRESS", "127.0.0.1:1"));

        (await apart.PostAsync($"/tenants/{tenant.Id}/invitations", null, OperatorToken))
            .AssertProblem(503, "unavailable");

        (await AcceptAsync(old, "correct horse battery")).Expect(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task The_old_link_stays_valid_until_the_new_one_is_mailed()
    {
        var tenant = await worker.CreateActiveTenantAsync();
        string old = await worker.CreateInvitationTokenAsync(tenant);
        worker.HoldMails();

        string first = await RenewAsync(tenant);
        string second = await RenewAsync(tenant);

        Assert.Equal(first, second);
        (await AcceptAsync(old, "correct horse battery")).Expect(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Only_the_admin_user_of_an_ACTIVE_tenant_is_invited()
    {
        var tenant = await App.Data.CreateTenantAsync();

        (await App.PostAsync($"/tenants/{tenant.Id}/invitations", null, OperatorToken))
            .AssertProblem(409, "wrong_state");
    }

    [Fact]
    public async Task A_malformed_or_missing_token_is_refused()
    {
        var tenant = await worker.CreateActiveTenantAsync();
        await worker.CreateInvitationTokenAsync(tenant);

        (await AcceptAsync(tenant.Lead.Token, "correct horse battery")).AssertProblem(401, "token_invalid", "token");
        (await AcceptAsync("nonsense", "correct horse battery")).AssertProblem(401, "token_invalid", "token");
        (await AcceptAsync(null, "correct horse battery")).AssertProblem(400, "invalid_request", "token");
        Assert.Empty(worker.Passwords);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("with\0nul")]
    [InlineData("with\nline")]
    public async Task An_empty_password_or_one_with_control_characters_is_refused(string? password) =>
        (await AcceptAsync(await worker.CreateInvitationTokenAsync(), password))
            .AssertProblem(400, "invalid_request", "password");

    [Fact]
    public async Task A_password_of_257_characters_is_refused() =>
        (await AcceptAsync(await worker.CreateInvitationTokenAsync(), new string('x', 257)))
            .AssertProblem(400, "invalid_request", "password");

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
    public async Task A_body_with_wrong_types_is_refused_and_not_quoted(string body, string field)
    {
        var answer = await App.PostAsync("/invitations/accept", body);

        answer.AssertProblem(400, "invalid_request", field);
        Assert.DoesNotContain("correct", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("12345678", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_password_is_refused_while_the_first_is_being_set()
    {
        string token = await worker.CreateInvitationTokenAsync();
        await worker.StopAsync();
        var first = AcceptAsync(token, "correct horse battery");
        await AssertMore.EventuallyAsync(async () =>
            Assert.Equal(1L, await fixture.Postgres.ReadAsync<long>("SELECT count(*) FROM sealed_passwords")));

        (await AcceptAsync(token, "another password")).AssertProblem(409, "wrong_state");

        // No worker runs: the call times out and the password is erased.
        await AssertMore.EventuallyAsync(() =>
        {
            App.Time.Advance(TimeSpan.FromSeconds(61));
            Assert.True(first.IsCompleted);
            return Task.CompletedTask;
        });
        (await first).AssertProblem(503, "unavailable");
        Assert.Equal(0L, await fixture.Postgres.ReadAsync<long>("SELECT count(*) FROM sealed_passwords"));
    }

    // Calls share the open run of an invitation: a run that processes the password of a timed-out call also answers the
    // next call.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_result_of_another_calls_password_is_not_returned_for_this_call(bool accepted)
    {
        string token = await worker.CreateInvitationTokenAsync();
        worker.ReturnResultOfAnotherCall(accepted);

        (await AcceptAsync(token, "correct horse battery")).AssertProblem(503, "unavailable");

        Assert.Equal(0L, await fixture.Postgres.ReadAsync<long>("SELECT count(*) FROM sealed_passwords"));
    }

    [Fact]
    public async Task An_abandoned_password_is_erased_when_the_next_one_is_stored()
    {
        string abandoned = await worker.CreateInvitationTokenAsync();
        await fixture.Postgres.ExecuteAsync(
            """
            INSERT INTO sealed_passwords (invitation_id, generation, key_id, sealed, expires_at)
            SELECT id, generation, 'new', '\x01', $2 FROM invitations WHERE id = $1
            """,
            MailedTokens.ReadId(abandoned)!.Value, App.Time.GetUtcNow());

        (await AcceptAsync(await worker.CreateInvitationTokenAsync(), "correct horse battery"))
            .Expect(HttpStatusCode.NoContent);

        Assert.Equal(0L, await fixture.Postgres.ReadAsync<long>("SELECT count(*) FROM sealed_passwords"));
    }

    [Fact]
    public async Task Without_a_sealing_key_no_password_is_accepted()
    {
        string token = await worker.CreateInvitationTokenAsync();
        await fixture.Postgres.ExecuteAsync("DELETE FROM sealing_keys");

        (await AcceptAsync(token, "correct horse battery")).AssertProblem(503, "not_configured");
    }

    private async Task<string> RenewAsync(TestTenant tenant) =>
        (await App.PostAsync($"/tenants/{tenant.Id}/invitations", null, OperatorToken))
            .Expect(HttpStatusCode.Accepted).Text;

    private Task<Answer> AcceptAsync(string? token, string? password) =>
        App.PostAsync("/invitations/accept", new { token, password });
}
