using Temporalio.Exceptions;
using Worker.Tests.Support;

namespace Worker.Tests.Saga;

/// <summary>Nothing is rolled back after ACTIVE; only the tenant's row decides whether it is ACTIVE.</summary>
public sealed class PivotTests(ProvisioningFixture fixture) : IClassFixture<ProvisioningFixture>
{
    [Fact]
    public async Task An_activation_whose_answer_was_lost_is_not_rolled_back()
    {
        var tenant = await fixture.GivenTenantAsync();
        fixture.Hooks.After("ActivateTenant", tenant, () =>
            throw new ApplicationFailureException("The answer is lost.", nonRetryable: true));

        var result = await (await fixture.StartAsync(tenant)).GetResultAsync();

        Assert.Equal("ACTIVE", result.Outcome);
        Assert.Equal("ACTIVE", await fixture.StatusAsync(tenant));
        Assert.Equal(SystemProbe.AllObjects, await fixture.Systems.ObjectsOfAsync(tenant));
        Assert.Single(await fixture.Control.GetMailsAsync(tenant.SubscriberId));
        Assert.All((await fixture.ProgressAsync(tenant)).Steps,
            step => Assert.Contains(step.State, (string[])["DONE", "SKIPPED"]));
    }

    [Fact]
    public async Task An_activation_that_is_retried_after_its_effect_succeeds()
    {
        var tenant = await fixture.GivenTenantAsync();
        int times = 0;
        fixture.Hooks.After("ActivateTenant", tenant, () => ++times < 3
            ? throw new ApplicationFailureException("The answer is lost.")
            : Task.CompletedTask);

        Assert.Equal("ACTIVE", (await (await fixture.StartAsync(tenant)).GetResultAsync()).Outcome);
        Assert.Equal(3, times);
    }
}
