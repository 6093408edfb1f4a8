using ControlPlane;
using Microsoft.Extensions.DependencyInjection;
using Sandbox.Control;
using Temporalio.Exceptions;
using Worker.Steps;
using Worker.Systems.S3;
using Worker.Tests.Support;

namespace Worker.Tests.Sweeps;

/// <summary>
/// While the sweep deletes, the tenant's row is locked. Once the lock is lost a new attempt may be at work, and what
/// the sweep had sent may still land.
/// </summary>
public sealed class LostLockTests(ProvisioningWorld world) : IClassFixture<ProvisioningWorld>
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_its_lock_the_sweep_leaves_a_bucket_to_the_attempt_that_has_begun()
    {
        var tenant = await world.GivenLeftOverAsync();

        await FailSweepAsync(EmptyingBucket(tenant), async () =>
        {
            await LoseLockAsync();
            await world.SetAsync(tenant, 2, "PROVISIONING");
            await TagByAttempt2Async(tenant);
        });

        Assert.True(await world.Systems.BucketExistsAsync(tenant.Resources.Bucket));
    }

    [Fact]
    public async Task A_bucket_whose_mark_changes_under_the_lock_is_left_too()
    {
        var tenant = await world.GivenLeftOverAsync();

        await FailSweepAsync(EmptyingBucket(tenant), () => TagByAttempt2Async(tenant));

        Assert.True(await world.Systems.BucketExistsAsync(tenant.Resources.Bucket));
    }

    [Fact]
    public async Task Without_its_lock_the_sweep_leaves_a_realm()
    {
        var tenant = await world.GivenLeftOverAsync();

        await FailSweepAsync(DisablingRealm(tenant), LoseLockAsync);

        Assert.True(await world.Systems.RealmExistsAsync(tenant.Resources.Realm));
    }

    // The sweep's DELETE was sent and not answered: made now, the new bucket or realm would be what it hits.
    [Fact]
    public async Task A_new_attempt_waits_until_what_the_sweep_sent_can_land_no_more()
    {
        var tenant = await world.GivenLeftOverAsync();
        await using (await world.Control.FaultAsync(Unanswered("s3", $"/{tenant.Resources.Bucket}")))
        await using (await world.Control.FaultAsync(Unanswered("keycloak", $"/admin/realms/{tenant.Resources.Realm}")))
        {
            var sweep = await world.StartSweepAsync();
            await Assert.ThrowsAsync<WorkflowFailedException>(() => sweep.GetResultAsync());
        }

        // The next sweep is answered; the calls of the one before are on their way all the same.
        await world.SweepAsync();
        Assert.Empty(await world.Systems.OfAsync(tenant));
        await world.SetAsync(tenant, 2, "PROVISIONING");
        var realm = new StepRun<CreateIdp>(world, tenant.Attempt(2));
        var bucket = new StepRun<ProvisionStorage>(world, tenant.Attempt(2));
        await AssertWaitsAsync(realm.ExecuteAsync);
        await AssertWaitsAsync(bucket.ExecuteAsync);
        Assert.Empty(await world.Systems.OfAsync(tenant));

        await world.Postgres.ExecuteAsync("UPDATE sweep_deletions SET begun_at = begun_at - interval '150 seconds'");
        await realm.ExecuteAsync();
        await bucket.ExecuteAsync();

        Assert.Equal(["realm", "client", "bucket"], await world.Systems.OfAsync(tenant));
    }

    [Fact]
    public async Task What_was_answered_keeps_nobody_waiting()
    {
        var tenant = await world.GivenLeftOverAsync();

        await world.SweepAsync();

        Assert.Empty(await world.Systems.OfAsync(tenant));
        Assert.Equal("ACTIVE", (await (await world.StartAsync(tenant)).GetResultAsync()).Outcome);
    }

    private static FaultRule EmptyingBucket(TestTenant tenant) => new()
    {
        System = "s3",
        Method = "POST",
        Path = $"/{tenant.Resources.Bucket}*",
        Query = "delete*",
        Kind = FaultKind.HoldAnswer,
    };

    private static FaultRule DisablingRealm(TestTenant tenant) => new()
    {
        System = "keycloak",
        Method = "PUT",
        Path = $"/admin/realms/{tenant.Resources.Realm}",
        Kind = FaultKind.Delay,
    };

    /// <summary>Runs a sweep that fails, with a change while one of its calls is held.</summary>
    private async Task FailSweepAsync(FaultRule held, Func<Task> change)
    {
        await using var fault = await world.Control.FaultAsync(held);
        var sweep = await world.StartSweepAsync();
        await fault.HitAsync();
        await change();
        await fault.ReleaseAsync();
        await Assert.ThrowsAsync<WorkflowFailedException>(() => sweep.GetResultAsync());
    }

    private Task TagByAttempt2Async(TestTenant tenant) => world.Services.GetRequiredService<TenantBuckets>()
        .TagAsync(tenant.Resources.Bucket, tenant.MarkOf(2), CancellationToken);

    private async Task LoseLockAsync() => Assert.Equal(1, await world.Postgres.ReadAsync<long>(
        """
        SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
        WHERE datname = current_database() AND state = 'idle in transaction'
        """));

    private static FaultRule Unanswered(string system, string path) => new()
    {
        System = system,
        Method = "DELETE",
        Path = path + "*",
        Kind = FaultKind.Reset,
        Count = 0,
    };

    private static async Task AssertWaitsAsync(Func<Task> execute)
    {
        var e = await Assert.ThrowsAsync<ControlPlaneException>(execute);
        Assert.Equal(ErrorCode.Unavailable, e.Code);
    }
}
