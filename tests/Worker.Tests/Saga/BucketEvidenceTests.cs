using Amazon.S3;
using Amazon.S3.Model;
using ControlPlane.Readings;
using Microsoft.Extensions.DependencyInjection;
using Sandbox.Control;
using Temporalio.Exceptions;
using Testing;
using Worker.Steps;
using Worker.Tests.Support;

namespace Worker.Tests.Saga;

/// <summary>
/// A bucket without tags is ours on the evidence of one attempt alone, and only until that attempt's storage was read
/// as empty: from then on whoever makes one may be anybody.
/// </summary>
public sealed class BucketEvidenceTests(ProvisioningWorld world) : IClassFixture<ProvisioningWorld>
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_bucket_that_somebody_made_after_a_clean_rollback_is_a_conflict_for_the_next_attempt()
    {
        var tenant = await GivenRolledBackAsync();
        await MakeForeignAsync(tenant);

        var failure = await world.FailAsync(tenant);

        Assert.Equal(("provision-storage", "ownership_conflict"), (failure.FailedStep, failure.Code));
        await AssertUntouchedAsync(tenant);
    }

    [Fact]
    public async Task It_survives_the_rollback_of_an_attempt_that_never_came_to_the_storage()
    {
        var tenant = await GivenRolledBackAsync();
        await MakeForeignAsync(tenant);
        world.Refuse("CreateIdp", tenant);

        var failure = await world.FailAsync(tenant);

        Assert.Equal("create-idp", failure.FailedStep);
        await AssertUntouchedAsync(tenant);
    }

    [Fact]
    public async Task It_is_told_as_foreign()
    {
        var tenant = await GivenRolledBackAsync();
        await MakeForeignAsync(tenant);

        var residue = await world.Services.GetRequiredService<GetResidue>().ExecuteAsync(tenant.Id, CancellationToken);

        var found = Assert.Single(residue.Systems.SelectMany(system => system.Found));
        Assert.Equal((tenant.Resources.Bucket, null), (found.Name, found.Attempt));
        await AssertUntouchedAsync(tenant);
    }

    // The same attempt, gone on with much later: what was read as empty once is no evidence for what is there now.
    [Fact]
    public async Task It_survives_a_rollback_that_is_gone_on_with_after_the_storage_was_read_as_empty()
    {
        var tenant = await world.GivenTenantAsync();
        await world.SetAsync(tenant, attempt: 1, "PROVISIONING");
        var step = new StepRun<ProvisionStorage>(world, tenant.Attempt(1));
        await step.ExecuteAsync();
        await world.SetAsync(tenant, attempt: 1, "ROLLING_BACK");
        await step.CompensateAsync();
        Assert.Equal(0, await step.FindResidueAsync());
        await MakeForeignAsync(tenant);

        await step.CompensateAsync();

        Assert.Equal(0, await step.FindResidueAsync());
        await AssertUntouchedAsync(tenant);
    }

    // Nothing tells it from somebody else's, and what may be somebody else's is not touched.
    [Fact]
    public async Task A_creation_that_lands_after_the_whole_rollback_is_a_conflict_for_the_next_attempt()
    {
        var tenant = await world.GivenTenantAsync();
        await using (var fault = await world.Control.FaultAsync(new FaultRule
        {
            System = "s3",
            Method = "PUT",
            Path = $"/{tenant.Resources.Bucket}*",
            Kind = FaultKind.LateEffect,
        }))
        {
            var run = await world.StartAsync(tenant);
            await fault.HitAsync();
            await run.CancelAsync();
            await Assert.ThrowsAsync<WorkflowFailedException>(() => run.GetResultAsync());
            await fault.ReleaseAsync();
            await AssertMore.EventuallyAsync(() => world.Systems.OfAsync(tenant), found => found.Length > 0);
        }

        var failure = await world.FailAsync(tenant);

        Assert.Equal("ownership_conflict", failure.Code);
        await AssertUntouchedAsync(tenant);
        await world.Systems.S3.DeleteBucketAsync(tenant.Resources.Bucket, CancellationToken);
        Assert.Equal("ACTIVE", (await (await world.StartAsync(tenant)).GetResultAsync()).Outcome);
    }

    private async Task<TestTenant> GivenRolledBackAsync()
    {
        var tenant = await world.GivenTenantAsync();
        world.Refuse("CreateResources", tenant);
        await world.FailAsync(tenant);
        world.Hooks.Clear();
        Assert.Empty(await world.Systems.OfAsync(tenant));
        return tenant;
    }

    private async Task MakeForeignAsync(TestTenant tenant) =>
        await world.Systems.S3.PutBucketAsync(tenant.Resources.Bucket, CancellationToken);

    private async Task AssertUntouchedAsync(TestTenant tenant)
    {
        Assert.Equal(["bucket"], await world.Systems.OfAsync(tenant));
        var e = await Assert.ThrowsAsync<AmazonS3Exception>(() => world.Systems.S3.GetBucketTaggingAsync(
            new GetBucketTaggingRequest { BucketName = tenant.Resources.Bucket }, CancellationToken));
        Assert.Equal("NoSuchTagSet", e.ErrorCode);
    }
}
