using System.Net;
using System.Security.Cryptography;
using ControlPlane.Invitations;
using ControlPlane.Security;
using Temporalio.Worker;

namespace Api.Tests.Invitations;

/// <summary>
/// An application with a separate task queue, and a worker on that queue that accepts invitations: it opens the
/// password with its private key and refuses short passwords.
/// </summary>
public sealed class FakeWorker : IAsyncDisposable
{
    /// <summary>The collection of tests that must not run in parallel: they share the table of sealing keys.</summary>
    public const string Collection = "invitations";

    private readonly RSA key = RSA.Create(2048);
    private readonly CancellationTokenSource stopping = new();
    private readonly ApiFixture fixture;
    private readonly FakeActivities activities;
    private Task execution = Task.CompletedTask;

    private FakeWorker(ApiFixture fixture, string queue)
    {
        this.fixture = fixture;
        Functions = fixture.StartApplication(("TEMPORAL_TASK_QUEUE", queue));
        activities = new FakeActivities(fixture.Postgres.Owner, key, Functions.Time);
    }

    public ApiApplication Functions { get; }

    /// <summary>The opened passwords, in order.</summary>
    public IReadOnlyList<string> Passwords => activities.Passwords;

    /// <summary>Makes every further run return the result of another call's password.</summary>
    public void ReturnResultOfAnotherCall(bool accepted) => activities.ResultOfAnotherCall =
        new AcceptInvitationResult(accepted, accepted ? null : "Invalid password: minimum length 8.");

    public static async Task<FakeWorker> StartAsync(ApiFixture fixture)
    {
        string queue = TestData.NewKey();
        var worker = new FakeWorker(fixture, queue);
        await fixture.Postgres.ExecuteAsync("DELETE FROM sealing_keys");
        await fixture.Postgres.ExecuteAsync(
            """
            INSERT INTO sealing_keys (id, public_key, created_at)
            VALUES ('old', $1, now() - interval '1 day'), ('new', $2, now())
            """,
            new byte[] { 1 }, worker.key.ExportSubjectPublicKeyInfo());
        var options = new TemporalWorkerOptions(queue)
            .AddWorkflow<FakeAcceptInvitationWorkflow>()
            .AddWorkflow<FakeSendInvitationWorkflow>()
            .AddAllActivities(worker.activities);
        var host = new TemporalWorker(await fixture.ConnectTemporalAsync(), options);
        worker.execution = host.ExecuteAsync(worker.stopping.Token);
        return worker;
    }

    /// <summary>Stops the worker, so that no run makes progress.</summary>
    public async Task StopAsync()
    {
        await stopping.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => execution);
    }

    /// <summary>Creates a tenant in the state after its provisioning.</summary>
    public async Task<TestTenant> CreateActiveTenantAsync()
    {
        var tenant = await Functions.Data.CreateTenantAsync();
        await fixture.Postgres.ExecuteAsync(
            "UPDATE tenants SET status = 'ACTIVE', attempt = 1 WHERE id = $1", Guid.Parse(tenant.Id));
        return tenant;
    }

    /// <summary>Starts no more mails: their workflows wait without a result.</summary>
    public void HoldMails() => activities.HoldsMails = true;

    /// <summary>Creates an invitation and returns the token of its mail, which is derived and never stored.</summary>
    public async Task<string> CreateInvitationTokenAsync(TestTenant? tenant = null)
    {
        tenant ??= await CreateActiveTenantAsync();
        string bearer = fixture.Realm.CreateToken(Functions.Time.GetUtcNow());
        var invitation = (await Functions.PostAsync($"/tenants/{tenant.Id}/invitations", null, bearer))
            .Expect(HttpStatusCode.Accepted).Json;
        await (await fixture.ConnectTemporalAsync()).GetWorkflowHandle(ISendInvitationWorkflow.WorkflowId(
            invitation.GetProperty("id").GetGuid(), invitation.GetProperty("generation").GetInt32())).GetResultAsync();
        return new MailedTokens(KeyRing.Parse("TOKEN_KEYS", ApiApplication.TokenKeys)).Create(
            MailedTokenKind.Invitation,
            invitation.GetProperty("id").GetGuid(),
            invitation.GetProperty("generation").GetInt32());
    }

    public async ValueTask DisposeAsync()
    {
        if (!stopping.IsCancellationRequested)
        {
            await StopAsync();
        }

        await Functions.DisposeAsync();
        stopping.Dispose();
        key.Dispose();
    }
}
