using Microsoft.Extensions.DependencyInjection;
using Worker.Saga;
using Worker.Tests.Support;

namespace Worker.Tests.Sweeps;

/// <summary>A tenant changes after the sweep has listed it and before the sweep repairs it.</summary>
public sealed class AttemptRepairRaceTests(ProvisioningFixture fixture) : IClassFixture<ProvisioningFixture>
{
    [Fact]
    public async Task A_newer_attempt_than_the_listed_one_is_not_rolled_back()
    {
        // The sweep lists them in this order; a trigger changes the second when the sweep repairs the first.
        var (first, second) = (await GivenWithoutRunAsync(), await GivenWithoutRunAsync());
        await fixture.Postgres.ExecuteAsync(
            $$"""
            CREATE FUNCTION change_second() RETURNS trigger LANGUAGE plpgsql AS $body$
            BEGIN
                UPDATE provisioning_attempts SET state = 'ROLLED_BACK', ended_at = now()
                WHERE tenant_id = '{{second.Id}}' AND attempt = 1;
                UPDATE tenants SET status = 'PROVISION_FAILED', attempt = 2 WHERE id = '{{second.Id}}';
                INSERT INTO provisioning_attempts
                    (tenant_id, attempt, state, subscription, subscription_hash, tier, recorded_at)
                SELECT tenant_id, 2, 'RECORDED', subscription, subscription_hash, tier, now()
                FROM provisioning_attempts WHERE tenant_id = '{{second.Id}}' AND attempt = 1;
                INSERT INTO provisioning_steps (tenant_id, attempt, position, step)
                SELECT tenant_id, 2, position, step FROM provisioning_steps
                WHERE tenant_id = '{{second.Id}}' AND attempt = 1;
                RETURN NULL;
            END $body$;
            CREATE TRIGGER first_is_repaired AFTER UPDATE ON tenants FOR EACH ROW
                WHEN (NEW.id = '{{first.Id}}' AND NEW.status = 'ROLLING_BACK' AND OLD.status = 'PROVISIONING')
                EXECUTE FUNCTION change_second();
            """);

        await fixture.RepairAsync();

        var (_, attempt, _) = await fixture.ProgressAsync(second);
        Assert.Equal((2, "RECORDED", null), (attempt!.Number, attempt.State, attempt.ErrorCode));
        Assert.Equal("PROVISION_FAILED", await fixture.StatusAsync(second));
    }

    private async Task<TestTenant> GivenWithoutRunAsync()
    {
        var tenant = await fixture.GivenTenantAsync();
        await fixture.RecordAttemptAsync(tenant);
        await fixture.Services.GetRequiredService<ControlPlane.Provisioning.ProvisioningTransitions>().BeginAsync(
            tenant.Id, 1, "no-such-run", fixture.Services.GetRequiredService<StepSwitches>().Plan,
            TestContext.Current.CancellationToken);
        await fixture.Postgres.ExecuteAsync(
            "UPDATE tenants SET updated_at = $2 WHERE id = $1",
            tenant.Id, TimeProvider.System.GetUtcNow().AddMinutes(-3));
        return tenant;
    }
}
