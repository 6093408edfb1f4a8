using ControlPlane.Provisioning;
using Sandbox.Control;
using Worker.Tests.Support;

namespace Worker.Tests.Saga;

/// <summary>What cannot be taken back is named, and never called a success.</summary>
public sealed class ResidueTests(ProvisioningWorld world) : IClassFixture<ProvisioningWorld>
{
    [Fact]
    public async Task A_bucket_that_cannot_be_deleted_is_named()
    {
        var tenant = await world.GivenTenantAsync();
        await using var refused = await world.RefuseDeletingAsync(tenant);

        await world.FailAfterAllStepsAsync(tenant);

        Assert.Equal(["bucket"], await world.Systems.OfAsync(tenant));
        Assert.Equal("ROLLBACK_INCOMPLETE", await world.StatusAsync(tenant));
        Assert.Equal(
            $"storage_bucket {tenant.Resources.Bucket} The bucket is still there, with 0 objects.",
            await ResidueAsync(tenant));
        var steps = (await world.ProgressAsync(tenant)).Steps;
        Assert.Equal("FAILED", steps.Single(s => s.Step == ProvisioningSteps.ProvisionStorage).UndoState);
        Assert.Equal("DONE", steps.Single(s => s.Step == ProvisioningSteps.CreateIdp).UndoState);
        Assert.Contains("Critical ROLLBACK_INCOMPLETE", world.Logs.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_undo_that_is_given_up_after_hours_is_not_begun_anew()
    {
        var tenant = await world.GivenTenantAsync();
        int tries = 0;
        world.Hooks.Before("DeleteStorage", tenant, () =>
        {
            tries++;
            throw new ControlPlane.ControlPlaneException(ControlPlane.ErrorCode.Unavailable, "Away.");
        });

        await world.FailAfterAllStepsAsync(tenant);

        Assert.Equal(60, tries);
        Assert.InRange(await DurationAsync(tenant), TimeSpan.FromHours(4), TimeSpan.FromHours(5));
        Assert.Equal("ROLLBACK_INCOMPLETE", await world.StatusAsync(tenant));
        Assert.Contains(tenant.Resources.Bucket, await ResidueAsync(tenant), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_gone_although_its_undo_was_given_up_is_recorded_as_deleted()
    {
        var tenant = await world.GivenTenantAsync();
        // The realm takes its user with it.
        world.Hooks.Before("DeleteAdminUser", tenant, () =>
            throw new ControlPlane.ControlPlaneException(ControlPlane.ErrorCode.NotConfigured, "Nobody is there."));

        await world.FailAfterAllStepsAsync(tenant);

        Assert.Equal("PROVISION_FAILED", await world.StatusAsync(tenant));
        Assert.Equal("DELETED", await world.Postgres.ReadAsync<string>(
            "SELECT string_agg(DISTINCT state, ', ') FROM resources WHERE tenant_id = $1", tenant.Id));
    }

    [Fact]
    public async Task What_a_system_that_is_down_may_still_hold_is_named()
    {
        var tenant = await world.GivenTenantAsync();

        await FailWithFaultInRollbackAsync(tenant, new FaultRule { System = "keycloak", Count = 0 });

        Assert.Equal("ROLLBACK_INCOMPLETE", await world.StatusAsync(tenant));
        string residue = await ResidueAsync(tenant);
        Assert.Contains(
            $"keycloak_realm {tenant.Resources.Realm} It could not be looked for.", residue, StringComparison.Ordinal);
        Assert.Contains($"keycloak_admin_user {tenant.Email}", residue, StringComparison.Ordinal);
        Assert.DoesNotContain("database_schema", residue, StringComparison.Ordinal);
        Assert.Equal(["realm", "client", "user"], await world.Systems.OfAsync(tenant));
    }

    // What we may not see is not gone: a rollback whose credentials were taken away must not claim success.
    [Theory]
    [InlineData("keycloak", "keycloak_realm")]
    [InlineData("s3", "storage_bucket")]
    public async Task What_a_system_no_longer_lets_us_see_is_named(string system, string type)
    {
        var tenant = await world.GivenTenantAsync();

        await FailWithFaultInRollbackAsync(tenant, new FaultRule
        {
            System = system,
            Path = system == "keycloak" ? "/admin/*" : "*",
            Status = 403,
            Body = system == "s3" ? "<Error><Code>AccessDenied</Code></Error>" : "{}",
            ContentType = system == "s3" ? "application/xml" : "application/json",
            Count = 0,
        });

        Assert.Equal("ROLLBACK_INCOMPLETE", await world.StatusAsync(tenant));
        Assert.Contains(type, await ResidueAsync(tenant), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_longer_configured_at_undo_time_is_named()
    {
        var tenant = await world.GivenTenantAsync();
        var failing = new TaskCompletionSource();
        world.Hooks.Before("CreateResources", tenant, () =>
        {
            failing.TrySetResult();
            throw new ControlPlane.ControlPlaneException(ControlPlane.ErrorCode.Unavailable, "Try again.");
        });
        using var still = world.StandStill();
        var run = await world.StartAsync(tenant);
        await failing.Task;
        await using (await world.ChangeSettingsAsync(("S3_ENDPOINT", null)))
        {
            await run.CancelAsync();
            still.Dispose();
            await Assert.ThrowsAsync<Temporalio.Exceptions.WorkflowFailedException>(() => run.GetResultAsync());
        }

        Assert.Equal("ROLLBACK_INCOMPLETE", await world.StatusAsync(tenant));
        Assert.Contains(
            $"storage_bucket {tenant.Resources.Bucket} It could not be looked for. No object store is configured",
            await ResidueAsync(tenant),
            StringComparison.Ordinal);
        Assert.Equal(["bucket"], await world.Systems.OfAsync(tenant));
    }

    private async Task FailWithFaultInRollbackAsync(TestTenant tenant, FaultRule rule)
    {
        Testing.SandboxFault? fault = null;
        world.Hooks.Before(
            "BeginRollback", tenant, async () => fault ??= await world.Control.FaultAsync(rule));
        try
        {
            await world.FailAfterAllStepsAsync(tenant);
        }
        finally
        {
            await (fault?.DisposeAsync() ?? ValueTask.CompletedTask);
        }
    }

    private async Task<TimeSpan> DurationAsync(TestTenant tenant)
    {
        string id = IProvisionTenantWorkflow.WorkflowId(tenant.Id);
        var run = await world.Temporal.GetWorkflowHandle(id).DescribeAsync();
        return run.CloseTime!.Value - run.StartTime;
    }

    private Task<string> ResidueAsync(TestTenant tenant) => world.Postgres.ReadAsync<string>(
        "SELECT string_agg(type || ' ' || name || ' ' || reason, '; ' ORDER BY type, name) FROM residue "
            + "WHERE tenant_id = $1",
        tenant.Id);
}
