using Amazon.S3;
using Amazon.S3.Model;
using Microsoft.Extensions.DependencyInjection;
using Sandbox.Control;
using Temporalio.Exceptions;
using Testing;
using Worker.Steps;
using Worker.Tests.Support;

namespace Worker.Tests.Saga;

/// <summary>
/// A bucket without tags is ours only on the evidence of one attempt, and only until that attempt's storage was read as
/// empty. A bucket that appears later may be anyone's.
/// </summary>
public sealed class BucketEvidenceTests(ProvisioningFixture fixture) : IClassFixture<ProvisioningFixture>
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_foreign_bucket_created_after_a_clean_rollback_is_a_conflict_for_the_next_attempt()
    {
        var tenant = await GivenRolledBackAsync();
        await CreateForeignBucketAsync(tenant);

        var failure = await fixture.FailAsync(tenant);

        Assert.Equal(("provision-storage", "ownership_conflict"), (failure.FailedStep, failure.Code));
        await AssertUntouchedAsync(tenant);
    }

    [Fact]
    public async Task A_foreign_bucket_survives_the_rollback_of_an_attempt_that_never_reached_the_storage_step()
    {
        var tenant = await GivenRolledBackAsync();
        await CreateForeignBucketAsync(tenant);
        fixture.Refuse("CreateIdp", tenant);

        var failure = await fixture.FailAsync(tenant);

        Assert.Equal("create-idp", failure.FailedStep);
        await AssertUntouchedAsync(tenant);
    }

    [Fact]
    public async Task A_foreign_bucket_is_reported_as_foreign()
    {
        var tenant = await GivenRolledBackAsync();
        await CreateForeignBucketAsync(tenant);

        var residue = await fixture.ReadResidueAsync(tenant);

        var found = Assert.Single(residue.Systems.SelectMany(system => system.Found));
        Assert.Equal((tenant.Resources.Bucket, null), (found.Name, found.Attempt));
        await AssertUntouchedAsync(tenant);
    }

    // The same attempt's rollback, resumed much later: the storage was read as empty before, so the bucket is not ours.
    [Fact]
    public async Task A_foreign_bucket_survives_a_rollback_that_resumes_after_the_storage_was_read_as_empty()
    {
        var tenant = await fixture.GivenTenantAsync();
        await fixture.SetStateAsync(tenant, attempt: 1, "PROVISIONING");
        var step = new StepRun<ProvisionStorage>(fixture, tenant.Attempt(1));
        await step.ExecuteAsync();
        await fixture.SetStateAsync(tenant, attempt: 1, "ROLLING_BACK");
        await step.CompensateAsync();
        Assert.Equal(0, await step.FindResidueAsync());
        await CreateForeignBucketAsync(tenant);

        await step.CompensateAsync();

        Assert.Equal(0, await step.FindResidueAsync());
        await AssertUntouchedAsync(tenant);
    }

    // It cannot be distinguished from a foreign bucket, and foreign objects are not touched.
    [Fact]
    public async Task A_creation_that_lands_after_the_whole_rollback_is_a_conflict_for_the_next_attempt()
    {
        var tenant = await fixture.GivenTenantAsync();
        await using (var fault = await fixture.Control.SetFaultAsync(new FaultRule
        {
            System = "s3",
            Method = "PUT",
            Path = $"/{tenant.Resources.Bucket}*",
            Kind = FaultKind.LateEffect,
        }))
        {
            var run = await fixture.StartAsync(tenant);
            await fault.WaitForHitsAsync();
            await run.CancelAsync();
            await Assert.ThrowsAsync<WorkflowFailedException>(() => run.GetResultAsync());
            await fault.ReleaseAsync();
            await AssertMore.EventuallyAsync(() => fixture.Systems.ObjectsOfAsync(tenant), found => found.Length > 0);
        }

        var failure = await fixture.FailAsync(tenant);

        Assert.Equal("ownership_conflict", failure.Code);
        await AssertUntouchedAsync(tenant);
        await fixture.Systems.S3.DeleteBucketAsync(tenant.Resources.Bucket, CancellationToken);
        Assert.Equal("ACTIVE", (await (await fixture.StartAsync(tenant)).GetResultAsync()).Outcome);
    }

    private async Task<TestTenant> GivenRolledBackAsync()
    {
        var tenant = await fixture.GivenTenantAsync();
        fixture.Refuse("CreateResources", tenant);
        await fixture.FailAsync(tenant);
        fixture.Hooks.Clear();
        Assert.Empty(await fixture.Systems.ObjectsOfAsync(tenant));
        return tenant;
    }

    private async Task CreateForeignBucketAsync(TestTenant tenant) =>
        await fixture.Systems.S3.PutBucketAsync(tenant.Resources.Bucket, CancellationToken);

    private async Task AssertUntouchedAsync(TestTenant tenant)
    {
        Assert.Equal(["bucket"], await fixture.Systems.ObjectsOfAsync(tenant));
        var e = await Assert.ThrowsAsync<AmazonS3Exception>(() => fixture.Systems.S3.GetBucketTaggingAsync(
            new GetBucketTaggingRequest { BucketName = tenant.Resources.Bucket }, CancellationToken));
        Assert.Equal("NoSuchTagSet", e.ErrorCode);
    }
}
