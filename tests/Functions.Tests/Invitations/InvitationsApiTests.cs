using System.Net;
using System.Security.Cryptography;
using ControlPlane.Security;
using Temporalio.Worker;
using Testing;

namespace Functions.Tests.Invitations;

public sealed class InvitationsApiTests(World world) : IAsyncLifetime
{
    // Its own clock and its own queue: no other test's worker takes these workflows.
    private readonly string queue = Given.Key();
    private readonly RSA key = RSA.Create(2048);
    private readonly CancellationTokenSource stopping = new();
    private FunctionsApplication app = null!;
    private StandInActivities activities = null!;
    private Task worker = Task.CompletedTask;

    private string Operator => world.Realm.Token(app.Time.GetUtcNow());

    public async ValueTask InitializeAsync()
    {
        app = world.Start(("TEMPORAL_TASK_QUEUE", queue));
        activities = new StandInActivities(world.Postgres.Owner, key);
        await world.Postgres.ExecuteAsync("DELETE FROM sealing_keys");
        await world.Postgres.ExecuteAsync(
            "INSERT INTO sealing_keys (id, public_key, created_at) VALUES ('old', $1, now() - interval '1 day'), ('new', $2, now())",
            new byte[] { 1 }, key.ExportSubjectPublicKeyInfo());
        var host = new TemporalWorker(await world.TemporalClientAsync(), new TemporalWorkerOptions(queue)
            .AddWorkflow<StandInAcceptInvitation>().AddWorkflow<StandInSendInvitation>().AddAllActivities(activities));
        worker = host.ExecuteAsync(stopping.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await worker.ContinueWith(_ => { }, TaskScheduler.Default);
        await app.DisposeAsync();
        stopping.Dispose();
        key.Dispose();
    }

    [Fact]
    public async Task An_accepted_password_reaches_the_worker_and_leaves_no_trace()
    {
        string token = await TokenAsync(await ActiveTenantAsync());

        (await AcceptAsync(token, "correct horse battery")).Expect(HttpStatusCode.NoContent);

        Assert.Equal(["correct horse battery"], activities.Passwords);
        Assert.Equal(0L, await world.Postgres.ReadAsync<long>("SELECT count(*) FROM sealed_passwords"));
        Assert.DoesNotContain(app.Log.All, line => line.Contains("correct horse", StringComparison.Ordinal)
            || line.Contains(token, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_refused_password_comes_back_in_the_words_of_the_refusal_and_the_invitation_stays_good()
    {
        string token = await TokenAsync(await ActiveTenantAsync());

        var refused = await AcceptAsync(token, "short");

        refused.IsProblem(422, "password_rejected", "password");
        Assert.Equal("Invalid password: minimum length 8.", refused.Value("detail"));
        (await AcceptAsync(token, "long enough now")).Expect(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task An_invitation_is_used_once()
    {
        string token = await TokenAsync(await ActiveTenantAsync());
        (await AcceptAsync(token, "correct horse battery")).Expect(HttpStatusCode.NoContent);

        (await AcceptAsync(token, "another password")).IsProblem(409, "wrong_state");
    }

    [Fact]
    public async Task After_72_hours_an_invitation_has_expired()
    {
        string token = await TokenAsync(await ActiveTenantAsync());
        app.Time.Advance(TimeSpan.FromHours(72));

        (await AcceptAsync(token, "correct horse battery")).IsProblem(401, "token_expired");
    }

    [Fact]
    public async Task A_new_invitation_kills_the_old_link_and_is_mailed()
    {
        var tenant = await ActiveTenantAsync();
        string old = await TokenAsync(tenant);

        var renewed = (await app.PostAsync($"/tenants/{tenant.Id}/invitations", null, Operator))
            .Expect(HttpStatusCode.Accepted);

        (await AcceptAsync(old, "correct horse battery")).IsProblem(401, "token_invalid", "token");
        var mail = await (await world.TemporalClientAsync())
            .GetWorkflowHandle($"send-invitation-{renewed.Value("id")}-2").DescribeAsync();
        Assert.Equal("SendInvitation", mail.WorkflowType);
    }

    [Fact]
    public async Task Only_the_administrator_of_an_ACTIVE_tenant_is_invited()
    {
        var tenant = await app.Given.TenantAsync();

        (await app.PostAsync($"/tenants/{tenant.Id}/invitations", null, Operator)).IsProblem(409, "wrong_state");
    }

    [Fact]
    public async Task A_token_that_is_none_is_refused()
    {
        var tenant = await ActiveTenantAsync();
        await TokenAsync(tenant);

        (await AcceptAsync(tenant.Lead.Token, "correct horse battery")).IsProblem(401, "token_invalid", "token");
        (await AcceptAsync("nonsense", "correct horse battery")).IsProblem(401, "token_invalid", "token");
        (await AcceptAsync(null, "correct horse battery")).IsProblem(400, "invalid_request", "token");
        Assert.Empty(activities.Passwords);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("with\0nul")]
    [InlineData("with\nline")]
    public async Task A_password_that_cannot_be_one_is_refused(string? password) =>
        (await AcceptAsync(await TokenAsync(await ActiveTenantAsync()), password))
            .IsProblem(400, "invalid_request", "password");

    [Fact]
    public async Task While_one_password_is_being_set_another_waits_its_turn()
    {
        await stopping.CancelAsync();
        await worker.ContinueWith(_ => { }, TaskScheduler.Default);
        string token = await TokenAsync(await ActiveTenantAsync());
        var first = AcceptAsync(token, "correct horse battery");
        await AssertMore.EventuallyAsync(async () =>
            Assert.Equal(1L, await world.Postgres.ReadAsync<long>("SELECT count(*) FROM sealed_passwords")));

        (await AcceptAsync(token, "another password")).IsProblem(409, "wrong_state");

        // The worker stays away: the caller is told, and the password does not stay behind.
        await AssertMore.EventuallyAsync(() =>
        {
            app.Time.Advance(TimeSpan.FromSeconds(61));
            Assert.True(first.IsCompleted);
            return Task.CompletedTask;
        });
        (await first).IsProblem(503, "unavailable");
        Assert.Equal(0L, await world.Postgres.ReadAsync<long>("SELECT count(*) FROM sealed_passwords"));
    }

    [Fact]
    public async Task Without_a_sealing_key_nothing_is_taken()
    {
        string token = await TokenAsync(await ActiveTenantAsync());
        await world.Postgres.ExecuteAsync("DELETE FROM sealing_keys");

        (await AcceptAsync(token, "correct horse battery")).IsProblem(503, "not_configured");
    }

    private Task<Answer> AcceptAsync(string? token, string? password) =>
        app.PostAsync("/invitations/accept", new { token, password });

    // Provisioned, as the worker leaves it.
    private async Task<GivenTenant> ActiveTenantAsync()
    {
        var tenant = await app.Given.TenantAsync();
        await world.Postgres.ExecuteAsync(
            "UPDATE tenants SET status = 'ACTIVE', attempt = 1 WHERE id = $1", Guid.Parse(tenant.Id));
        return tenant;
    }

    // The token of the mail, which is derived and never stored.
    private async Task<string> TokenAsync(GivenTenant tenant)
    {
        var invitation = (await app.PostAsync($"/tenants/{tenant.Id}/invitations", null, Operator))
            .Expect(HttpStatusCode.Accepted);
        return new MailedTokens(KeyRing.Parse("TOKEN_KEYS", FunctionsApplication.TokenKeys)).Create(
            MailedTokenKind.Invitation,
            invitation.Json.GetProperty("id").GetGuid(),
            invitation.Json.GetProperty("generation").GetInt32());
    }
}
