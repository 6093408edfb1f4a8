using ControlPlane;
using ControlPlane.Provisioning;
using Microsoft.Extensions.DependencyInjection;
using Worker.Saga;
using Worker.Tests.Support;

namespace Worker.Tests.Sweeps;

/// <summary>
/// Tenants that are ACTIVE, and that an older database, restored from a backup, has in an earlier state.
/// </summary>
public sealed class RestoredDatabaseTests(ProvisioningFixture fixture) : IClassFixture<ProvisioningFixture>
{
    [Theory]
    [InlineData("PROVISIONING", "RUNNING")]
    [InlineData("PENDING_PROVISION", "RECORDED")]
    public async Task A_live_tenant_whose_attempt_is_open_is_neither_rolled_back_nor_cancelled(
        string status, string state)
    {
        var tenant = await GivenLiveTenantAsync();
        string[] before = await fixture.Systems.ObjectsOfAsync(tenant);
        await SetBackAsync(tenant, status, state);

        var rollback = await Assert.ThrowsAsync<ControlPlaneException>(() => fixture.RollBackAsync(tenant));
        var cancel = await Assert.ThrowsAsync<ControlPlaneException>(() => fixture.CancelAsync(tenant));

        Assert.Equal((ErrorCode.WrongState, ErrorCode.WrongState), (rollback.Code, cancel.Code));
        Assert.Contains("older database", rollback.Message, StringComparison.Ordinal);
        Assert.Equal(status, await fixture.StatusAsync(tenant));
        Assert.Equal(before, await fixture.Systems.ObjectsOfAsync(tenant));
    }

    [Theory]
    [InlineData("PROVISIONING", "RUNNING")]
    [InlineData("PENDING_PROVISION", "RECORDED")]
    public async Task A_repair_and_a_sweep_only_report_a_live_tenant_whose_attempt_is_open(string status, string state)
    {
        var tenant = await GivenLiveTenantAsync();
        string[] before = await fixture.Systems.ObjectsOfAsync(tenant);
        await SetBackAsync(tenant, status, state);

        await fixture.RepairAsync();
        await fixture.SweepAsync();

        Assert.Equal(status, await fixture.StatusAsync(tenant));
        Assert.Equal(before, await fixture.Systems.ObjectsOfAsync(tenant));
        Assert.Contains(
            $"Critical SWEEP_CONTRADICTION tenant {tenant.Id}", fixture.Logs.Text, StringComparison.Ordinal);
    }

    // Temporal deletes a closed run after the retention period of its namespace.
    [Fact]
    public async Task A_repair_and_a_sweep_only_report_an_old_attempt_whose_run_Temporal_does_not_know()
    {
        var tenant = await fixture.GivenTenantAsync();
        await fixture.RecordAttemptAsync(tenant);
        await fixture.Services.GetRequiredService<ProvisioningTransitions>().BeginAsync(
            tenant.Id, 1, "past-retention", fixture.Services.GetRequiredService<StepSwitches>().Plan,
            TestContext.Current.CancellationToken);
        await fixture.CreateObjectsAsync(tenant, tenant.MarkOf());
        string[] before = await fixture.Systems.ObjectsOfAsync(tenant);
        await fixture.Postgres.ExecuteAsync(
            "UPDATE provisioning_attempts SET recorded_at = $2 WHERE tenant_id = $1",
            tenant.Id, TimeProvider.System.GetUtcNow().AddHours(-25));
        await AgeAsync(tenant);

        await fixture.RepairAsync();
        await fixture.SweepAsync();

        Assert.Equal("PROVISIONING", await fixture.StatusAsync(tenant));
        Assert.Equal(before, await fixture.Systems.ObjectsOfAsync(tenant));
        Assert.Contains(
            $"Critical SWEEP_CONTRADICTION tenant {tenant.Id}", fixture.Logs.Text, StringComparison.Ordinal);
    }

    // The restored database has lost the attempt, and the next one gets its number and thus its mark.
    [Fact]
    public async Task A_rollback_keeps_what_the_sweep_saw_before_its_attempt_was_recorded()
    {
        var tenant = await fixture.GivenTenantAsync();
        await fixture.CreateObjectsAsync(tenant, tenant.MarkOf());
        string[] before = await fixture.Systems.ObjectsOfAsync(tenant);
        await fixture.SweepAsync();
        Assert.Equal(3, (await fixture.OrphansAsync(tenant.Id)).Count);
        fixture.Hooks.Before("CreateResources", tenant, async () =>
        {
            // Another sweep no longer finds the attempt unknown, and must not forget what it saw.
            await fixture.SweepAsync();
            throw new ControlPlaneException(ErrorCode.Forbidden, "Refused.");
        });

        await fixture.FailAsync(tenant);

        Assert.Equal("ROLLBACK_INCOMPLETE", await fixture.StatusAsync(tenant));
        Assert.Superset(before.ToHashSet(), (await fixture.Systems.ObjectsOfAsync(tenant)).ToHashSet());
        var step = (await fixture.ProgressAsync(tenant)).Steps.Single(s => s.Step == "provision-storage");
        Assert.Contains("a restored database has lost", step.UndoError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Provisioning_a_live_tenant_again_completes_its_rows_and_keeps_its_data()
    {
        var tenant = await GivenLiveTenantAsync();
        string table = $"\"{tenant.Resources.Schema}\".orders";
        await fixture.Postgres.ExecuteAsync($"CREATE TABLE {table} AS SELECT 7 AS number");
        string[] before = await fixture.Systems.ObjectsOfAsync(tenant);
        await ForgetAttemptAsync(tenant);

        await (await fixture.StartAsync(tenant)).GetResultAsync();

        Assert.Equal("ACTIVE", await fixture.StatusAsync(tenant));
        Assert.Equal(before, await fixture.Systems.ObjectsOfAsync(tenant));
        Assert.Equal(7, await fixture.Postgres.ReadAsync<int>($"SELECT number FROM {table}"));
        Assert.Equal(5, await fixture.Postgres.ReadAsync<long>(
            "SELECT count(*) FROM resources WHERE tenant_id = $1 AND state = 'CREATED'", tenant.Id));
    }

    private async Task<TestTenant> GivenLiveTenantAsync()
    {
        var tenant = await fixture.GivenTenantAsync();
        await (await fixture.StartAsync(tenant)).GetResultAsync();
        return tenant;
    }

    /// <summary>Sets the rows back to a state from before the tenant was ACTIVE.</summary>
    private async Task SetBackAsync(TestTenant tenant, string status, string state)
    {
        await fixture.Postgres.ExecuteAsync("UPDATE tenants SET status = $2 WHERE id = $1", tenant.Id, status);
        await fixture.Postgres.ExecuteAsync(
            "UPDATE provisioning_attempts SET state = $2, ended_at = NULL WHERE tenant_id = $1", tenant.Id, state);
        await AgeAsync(tenant);
    }

    /// <summary>Sets the rows back to a state from before the attempt.</summary>
    private async Task ForgetAttemptAsync(TestTenant tenant)
    {
        foreach (string table in (string[])["invitations", "resources", "provisioning_steps", "provisioning_attempts"])
        {
            await fixture.Postgres.ExecuteAsync($"DELETE FROM {table} WHERE tenant_id = $1", tenant.Id);
        }

        await fixture.Postgres.ExecuteAsync(
            "UPDATE tenants SET status = 'PENDING_PROVISION', attempt = 0 WHERE id = $1", tenant.Id);
    }

    /// <summary>Moves the last change of the tenant's row three minutes into the past.</summary>
    private Task<int> AgeAsync(TestTenant tenant) => fixture.Postgres.ExecuteAsync(
        "UPDATE tenants SET updated_at = $2 WHERE id = $1",
        tenant.Id, TimeProvider.System.GetUtcNow().AddMinutes(-3));
}
