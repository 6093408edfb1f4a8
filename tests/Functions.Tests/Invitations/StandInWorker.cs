using System.Net;
using System.Security.Cryptography;
using ControlPlane.Invitations;
using ControlPlane.Security;
using Temporalio.Worker;

namespace Functions.Tests.Invitations;

/// <summary>
/// Functions on a queue of their own, and on it a worker that takes invitations as the ingress sees it: it opens the
/// password with its private key and refuses short ones.
/// </summary>
public sealed class StandInWorker : IAsyncDisposable
{
    /// <summary>Tests of one after the other: all of them share one table of sealing keys.</summary>
    public const string Collection = "invitations";

    private readonly RSA key = RSA.Create(2048);
    private readonly CancellationTokenSource stopping = new();
    private readonly World world;
    private readonly StandInActivities activities;
    private Task running = Task.CompletedTask;

    private StandInWorker(World world, string queue)
    {
        this.world = world;
        Functions = world.Start(("TEMPORAL_TASK_QUEUE", queue));
        activities = new StandInActivities(world.Postgres.Owner, key);
    }

    public FunctionsApplication Functions { get; }

    /// <summary>What was opened, in order.</summary>
    public IReadOnlyList<string> Passwords => activities.Passwords;

    /// <summary>From here on every run ends with what another call's password has met.</summary>
    public void EndAsAnother(bool accepted) => activities.EndOfAnother =
        new AcceptInvitationResult(accepted, accepted ? null : "Invalid password: minimum length 8.");

    public static async Task<StandInWorker> StartAsync(World world)
    {
        string queue = Given.Key();
        var worker = new StandInWorker(world, queue);
        await world.Postgres.ExecuteAsync("DELETE FROM sealing_keys");
        await world.Postgres.ExecuteAsync(
            """
            INSERT INTO sealing_keys (id, public_key, created_at)
            VALUES ('old', $1, now() - interval '1 day'), ('new', $2, now())
            """,
            new byte[] { 1 }, worker.key.ExportSubjectPublicKeyInfo());
        var options = new TemporalWorkerOptions(queue)
            .AddWorkflow<StandInAcceptInvitation>()
            .AddWorkflow<StandInSendInvitation>()
            .AddAllActivities(worker.activities);
        var host = new TemporalWorker(await world.TemporalClientAsync(), options);
        worker.running = host.ExecuteAsync(worker.stopping.Token);
        return worker;
    }

    /// <summary>From here on nobody takes an invitation.</summary>
    public async Task StopAsync()
    {
        await stopping.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    /// <summary>A tenant as its provisioning leaves it.</summary>
    public async Task<GivenTenant> ActiveTenantAsync()
    {
        var tenant = await Functions.Given.TenantAsync();
        await world.Postgres.ExecuteAsync(
            "UPDATE tenants SET status = 'ACTIVE', attempt = 1 WHERE id = $1", Guid.Parse(tenant.Id));
        return tenant;
    }

    /// <summary>The token of the invitation's mail, which is derived and never stored.</summary>
    public async Task<string> InvitationAsync(GivenTenant? tenant = null)
    {
        tenant ??= await ActiveTenantAsync();
        string bearer = world.Realm.Token(Functions.Time.GetUtcNow());
        var invitation = (await Functions.PostAsync($"/tenants/{tenant.Id}/invitations", null, bearer))
            .Expect(HttpStatusCode.Accepted).Json;
        return new MailedTokens(KeyRing.Parse("TOKEN_KEYS", FunctionsApplication.TokenKeys)).Create(
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
