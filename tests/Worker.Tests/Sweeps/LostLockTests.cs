using ControlPlane;
using Microsoft.Extensions.DependencyInjection;
using Sandbox.Control;
using Temporalio.Exceptions;
using Worker.Steps;
using Worker.Systems.S3;
using Worker.Tests.Support;

namespace Worker.Tests.Sweeps;

/// <summary>
/// The sweep locks the tenant's row while it deletes. If the lock is lost, a new attempt may run while calls of the
/// sweep still take effect.
/// </summary>
public sealed class LostLockTests(ProvisioningFixture fixture) : IClassFixture<ProvisioningFixture>
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_sweep_without_its_lock_leaves_a_bucket_to_the_new_attempt()
    {
        var tenant = await fixture.GivenLeftOverAsync();

        await FailSweepAsync(EmptyingBucket(tenant), async () =>
        {
            await LoseLockAsync();
            await fixture.SetStateAsync(tenant, 2, "PROVISIONING");
            await TagByAttempt2Async(tenant);
        });

        Assert.True(await fixture.Systems.BucketExistsAsync(tenant.Resources.Bucket));
    }

    [Fact]
    public async Task A_bucket_whose_mark_changes_during_the_lock_is_left()
    {
        var tenant = await fixture.GivenLeftOverAsync();

        await FailSweepAsync(EmptyingBucket(tenant), () => TagByAttempt2Async(tenant));

        Assert.True(await fixture.Systems.BucketExistsAsync(tenant.Resources.Bucket));
    }

    [Fact]
    public async Task A_sweep_without_its_lock_leaves_a_realm()
    {
        var tenant = await fixture.GivenLeftOverAsync();

        await FailSweepAsync(DisablingRealm(tenant), LoseLockAsync);

        Assert.True(await fixture.Systems.RealmExistsAsync(tenant.Resources.Realm));
    }

    // The sweep's DELETE was sent and not answered: it could still hit a bucket or realm that is created now.
    [Fact]
    public async Task A_new_attempt_waits_until_no_call_of_the_sweep_can_take_effect()
    {
        var tenant = await fixture.GivenLeftOverAsync();
        var (realmPath, bucketPath) = ($"/admin/realms/{tenant.Resources.Realm}", $"/{tenant.Resources.Bucket}");
        await using (await fixture.Control.SetFaultAsync(Unanswered("s3", bucketPath)))
        await using (await fixture.Control.SetFaultAsync(Unanswered("keycloak", realmPath)))
        {
            var sweep = await fixture.StartSweepAsync();
            await Assert.ThrowsAsync<WorkflowFailedException>(() => sweep.GetResultAsync());
        }

        // The next sweep succeeds; the calls of the one before may still take effect.
        await fixture.SweepAsync();
        Assert.Empty(await fixture.Systems.ObjectsOfAsync(tenant));
        await fixture.SetStateAsync(tenant, 2, "PROVISIONING");
        var realm = new StepRun<CreateIdp>(fixture, tenant.Attempt(2));
        var bucket = new StepRun<ProvisionStorage>(fixture, tenant.Attempt(2));
        await AssertWaitsAsync(realm.ExecuteAsync);
        await AssertWaitsAsync(bucket.ExecuteAsync);
        Assert.Empty(await fixture.Systems.ObjectsOfAsync(tenant));

        await fixture.Postgres.ExecuteAsync("UPDATE sweep_deletions SET begun_at = begun_at - interval '150 seconds'");
        await realm.ExecuteAsync();
        await bucket.ExecuteAsync();

        Assert.Equal(["realm", "client", "bucket"], await fixture.Systems.ObjectsOfAsync(tenant));
    }

    [Fact]
    public async Task An_answered_deletion_delays_no_attempt()
    {
        var tenant = await fixture.GivenLeftOverAsync();

        await fixture.SweepAsync();

        Assert.Empty(await fixture.Systems.ObjectsOfAsync(tenant));
        Assert.Equal("ACTIVE", (await (await fixture.StartAsync(tenant)).GetResultAsync()).Outcome);
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
        await using var fault = await fixture.Control.SetFaultAsync(held);
        var sweep = await fixture.StartSweepAsync();
        await fault.WaitForHitsAsync();
        await change();
        await fault.ReleaseAsync();
        await Assert.ThrowsAsync<WorkflowFailedException>(() => sweep.GetResultAsync());
    }

    private Task TagByAttempt2Async(TestTenant tenant) => fixture.Services.GetRequiredService<TenantBuckets>()
        .TagAsync(tenant.Resources.Bucket, tenant.MarkOf(2), CancellationToken);

    private async Task LoseLockAsync() => Assert.Equal(1, await fixture.Postgres.ReadAsync<long>(
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
