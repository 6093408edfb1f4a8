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
        var tenant = await GivenLeftOverAsync();
        await using var emptying = await world.Control.FaultAsync(new FaultRule
        {
            System = "s3",
            Method = "POST",
            Path = $"/{tenant.Resources.Bucket}*",
            Query = "delete*",
            Kind = FaultKind.HoldAnswer,
        });
        var sweep = await world.StartSweepAsync();
        await emptying.HitAsync();

        await LoseLockAsync();
        await world.SetAsync(tenant, 2, "PROVISIONING");
        await world.Services.GetRequiredService<TenantBuckets>()
            .TagAsync(tenant.Resources.Bucket, tenant.MarkOf(2), CancellationToken);
        await emptying.ReleaseAsync();

        await Assert.ThrowsAsync<WorkflowFailedException>(() => sweep.GetResultAsync());
        Assert.True(await world.Systems.BucketExistsAsync(tenant.Resources.Bucket));
    }

    [Fact]
    public async Task A_bucket_whose_mark_changes_under_the_lock_is_left_too()
    {
        var tenant = await GivenLeftOverAsync();
        await using var emptying = await world.Control.FaultAsync(new FaultRule
        {
            System = "s3",
            Method = "POST",
            Path = $"/{tenant.Resources.Bucket}*",
            Query = "delete*",
            Kind = FaultKind.HoldAnswer,
        });
        var sweep = await world.StartSweepAsync();
        await emptying.HitAsync();

        await world.Services.GetRequiredService<TenantBuckets>()
            .TagAsync(tenant.Resources.Bucket, tenant.MarkOf(2), CancellationToken);
        await emptying.ReleaseAsync();

        await Assert.ThrowsAsync<WorkflowFailedException>(() => sweep.GetResultAsync());
        Assert.True(await world.Systems.BucketExistsAsync(tenant.Resources.Bucket));
    }

    [Fact]
    public async Task Without_its_lock_the_sweep_leaves_a_realm()
    {
        var tenant = await GivenLeftOverAsync();
        await using var disabling = await world.Control.FaultAsync(new FaultRule
        {
            System = "keycloak",
            Method = "PUT",
            Path = $"/admin/realms/{tenant.Resources.Realm}",
            Kind = FaultKind.Delay,
        });
        var sweep = await world.StartSweepAsync();
        await disabling.HitAsync();

        await LoseLockAsync();
        await disabling.ReleaseAsync();

        await Assert.ThrowsAsync<WorkflowFailedException>(() => sweep.GetResultAsync());
        Assert.True(await world.Systems.RealmExistsAsync(tenant.Resources.Realm));
    }

    // The sweep's DELETE was sent and not answered: made now, the new bucket or realm would be what it hits.
    [Fact]
    public async Task A_new_attempt_waits_until_what_the_sweep_sent_can_land_no_more()
    {
        var tenant = await GivenLeftOverAsync();
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
        var tenant = await GivenLeftOverAsync();

        await world.SweepAsync();

        Assert.Empty(await world.Systems.OfAsync(tenant));
        Assert.Equal("ACTIVE", (await (await world.StartAsync(tenant)).GetResultAsync()).Outcome);
    }

    private async Task<TestTenant> GivenLeftOverAsync()
    {
        var tenant = await world.GivenTenantAsync();
        await world.GivenAttemptAsync(tenant, 1, "ROLLED_BACK");
        await world.PlantAsync(tenant, tenant.MarkOf());
        return tenant;
    }

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
