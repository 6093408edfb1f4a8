using ControlPlane.Provisioning;
using Sandbox.Control;
using Worker.Tests.Support;

namespace Worker.Tests.Saga;

/// <summary>Objects that a rollback could not delete are residue, and the rollback is never a success.</summary>
public sealed class ResidueTests(ProvisioningFixture fixture) : IClassFixture<ProvisioningFixture>
{
    [Fact]
    public async Task A_bucket_that_cannot_be_deleted_is_residue()
    {
        var tenant = await fixture.GivenTenantAsync();
        await using var refused = await fixture.RefuseDeletingAsync(tenant);

        await fixture.FailAfterAllStepsAsync(tenant);

        Assert.Equal(["bucket"], await fixture.Systems.ObjectsOfAsync(tenant));
        Assert.Equal("ROLLBACK_INCOMPLETE", await fixture.StatusAsync(tenant));
        Assert.Equal(
            $"storage_bucket {tenant.Resources.Bucket} Still there: storage_bucket (0 object versions).",
            await ResidueAsync(tenant));
        var steps = (await fixture.ProgressAsync(tenant)).Steps;
        Assert.Equal("FAILED", steps.Single(s => s.Step == "provision-storage").UndoState);
        Assert.Equal("DONE", steps.Single(s => s.Step == "create-idp").UndoState);
        Assert.Contains("Critical ROLLBACK_INCOMPLETE", fixture.Logs.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_undo_that_failed_for_hours_is_not_started_again()
    {
        var tenant = await fixture.GivenTenantAsync();
        int tries = 0;
        fixture.Hooks.Before("DeleteStorage", tenant, () =>
        {
            tries++;
            throw new ControlPlane.ControlPlaneException(ControlPlane.ErrorCode.Unavailable, "Unavailable.");
        });

        await fixture.FailAfterAllStepsAsync(tenant);

        Assert.Equal(60, tries);
        Assert.InRange(await DurationAsync(tenant), TimeSpan.FromHours(4), TimeSpan.FromHours(5));
        Assert.Equal("ROLLBACK_INCOMPLETE", await fixture.StatusAsync(tenant));
        Assert.Contains(tenant.Resources.Bucket, await ResidueAsync(tenant), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_object_that_is_gone_although_its_undo_failed_is_recorded_as_deleted()
    {
        var tenant = await fixture.GivenTenantAsync();
        // Deleting the realm also deletes its user.
        fixture.Hooks.Before("DeleteAdminUser", tenant, () =>
            throw new ControlPlane.ControlPlaneException(ControlPlane.ErrorCode.NotConfigured, "Not configured."));

        await fixture.FailAfterAllStepsAsync(tenant);

        Assert.Equal("PROVISION_FAILED", await fixture.StatusAsync(tenant));
        Assert.Equal("DELETED", await fixture.Postgres.ReadAsync<string>(
            "SELECT string_agg(DISTINCT state, ', ') FROM resources WHERE tenant_id = $1", tenant.Id));
    }

    [Fact]
    public async Task Objects_in_a_system_that_is_down_are_residue()
    {
        var tenant = await fixture.GivenTenantAsync();

        await FailWithFaultInRollbackAsync(tenant, new FaultRule { System = "keycloak", Count = 0 });

        Assert.Equal("ROLLBACK_INCOMPLETE", await fixture.StatusAsync(tenant));
        string residue = await ResidueAsync(tenant);
        Assert.Contains(
            $"keycloak_realm {tenant.Resources.Realm} It could not be looked for.", residue, StringComparison.Ordinal);
        Assert.Contains($"keycloak_admin_user {tenant.Email}", residue, StringComparison.Ordinal);
        Assert.DoesNotContain("database_schema", residue, StringComparison.Ordinal);
        Assert.Equal(["realm", "client", "user"], await fixture.Systems.ObjectsOfAsync(tenant));
    }

    // An object that cannot be read is not gone: a rollback whose credentials were revoked must not report success.
    [Theory]
    [InlineData("keycloak", "keycloak_realm")]
    [InlineData("s3", "storage_bucket")]
    public async Task Objects_that_a_system_refuses_to_show_are_residue(string system, string type)
    {
        var tenant = await fixture.GivenTenantAsync();

        await FailWithFaultInRollbackAsync(tenant, new FaultRule
        {
            System = system,
            Path = system == "keycloak" ? "/admin/*" : "*",
            Status = 403,
            Body = system == "s3" ? "<Error><Code>AccessDenied</Code></Error>" : "{}",
            ContentType = system == "s3" ? "application/xml" : "application/json",
            Count = 0,
        });

        Assert.Equal("ROLLBACK_INCOMPLETE", await fixture.StatusAsync(tenant));
        Assert.Contains(type, await ResidueAsync(tenant), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Objects_in_a_system_that_is_disabled_before_the_undo_are_residue()
    {
        var tenant = await fixture.GivenTenantAsync();
        var failing = new TaskCompletionSource();
        fixture.Hooks.Before("CreateResources", tenant, () =>
        {
            failing.TrySetResult();
            throw new ControlPlane.ControlPlaneException(ControlPlane.ErrorCode.Unavailable, "Try again.");
        });
        using var still = fixture.StopClock();
        var run = await fixture.StartAsync(tenant);
        await failing.Task;
        await using (await fixture.ChangeSettingsAsync(("S3_ENDPOINT", null)))
        {
            await run.CancelAsync();
            still.Dispose();
            await Assert.ThrowsAsync<Temporalio.Exceptions.WorkflowFailedException>(() => run.GetResultAsync());
        }

        Assert.Equal("ROLLBACK_INCOMPLETE", await fixture.StatusAsync(tenant));
        Assert.Contains(
            $"storage_bucket {tenant.Resources.Bucket} It could not be looked for. S3 is switched off",
            await ResidueAsync(tenant),
            StringComparison.Ordinal);
        Assert.Equal(["bucket"], await fixture.Systems.ObjectsOfAsync(tenant));
    }

    private async Task FailWithFaultInRollbackAsync(TestTenant tenant, FaultRule rule)
    {
        Testing.SandboxFault? fault = null;
        fixture.Hooks.Before(
            "BeginRollback", tenant, async () => fault ??= await fixture.Control.SetFaultAsync(rule));
        try
        {
            await fixture.FailAfterAllStepsAsync(tenant);
        }
        finally
        {
            await (fault?.DisposeAsync() ?? ValueTask.CompletedTask);
        }
    }

    private async Task<TimeSpan> DurationAsync(TestTenant tenant)
    {
        string id = IProvisionTenantWorkflow.WorkflowId(tenant.Id);
        var run = await fixture.Temporal.GetWorkflowHandle(id).DescribeAsync();
        return run.CloseTime!.Value - run.StartTime;
    }

    private Task<string> ResidueAsync(TestTenant tenant) => fixture.Postgres.ReadAsync<string>(
        "SELECT string_agg(type || ' ' || name || ' ' || reason, '; ' ORDER BY type, name) FROM residue "
            + "WHERE tenant_id = $1",
        tenant.Id);
}
