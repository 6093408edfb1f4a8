using Microsoft.Extensions.DependencyInjection;
using Worker.Saga;
using Worker.Tests.Support;

namespace Worker.Tests.Sweeps;

/// <summary>Between the sweep's list and its deed a tenant goes on.</summary>
public sealed class AttemptRepairRaceTests(ProvisioningWorld world) : IClassFixture<ProvisioningWorld>
{
    [Fact]
    public async Task An_attempt_recorded_since_the_list_was_read_is_not_rolled_back_in_the_listed_ones_place()
    {
        // Listed in this order; what is done to the first changes the second.
        var (first, second) = (await GivenWithoutRunAsync(), await GivenWithoutRunAsync());
        await world.Postgres.ExecuteAsync(
            $$"""
            CREATE FUNCTION second_goes_on() RETURNS trigger LANGUAGE plpgsql AS $body$
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
            CREATE TRIGGER first_is_settled AFTER UPDATE ON tenants FOR EACH ROW
                WHEN (NEW.id = '{{first.Id}}' AND NEW.status = 'ROLLING_BACK' AND OLD.status = 'PROVISIONING')
                EXECUTE FUNCTION second_goes_on();
            """);

        await world.SweepAsync();

        var (_, attempt, _) = await world.ProgressAsync(second);
        Assert.Equal((2, "RECORDED", null), (attempt!.Number, attempt.State, attempt.ErrorCode));
        Assert.Equal("PROVISION_FAILED", await world.StatusAsync(second));
    }

    private async Task<TestTenant> GivenWithoutRunAsync()
    {
        var tenant = await world.GivenTenantAsync();
        await world.RecordAttemptAsync(tenant);
        await world.Services.GetRequiredService<ControlPlane.Provisioning.ProvisioningTransitions>().BeginAsync(
            tenant.Id, 1, "no-such-run", world.Services.GetRequiredService<StepSwitches>().Plan,
            TestContext.Current.CancellationToken);
        await world.Postgres.ExecuteAsync(
            "UPDATE tenants SET updated_at = $2 WHERE id = $1",
            tenant.Id, TimeProvider.System.GetUtcNow().AddMinutes(-3));
        return tenant;
    }
}
