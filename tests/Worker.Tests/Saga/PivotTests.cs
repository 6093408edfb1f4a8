using Temporalio.Exceptions;
using Worker.Tests.Support;

namespace Worker.Tests.Saga;

/// <summary>From ACTIVE on nothing is rolled back, and the row alone decides whether it is ACTIVE.</summary>
public sealed class PivotTests(ProvisioningWorld world) : IClassFixture<ProvisioningWorld>
{
    [Fact]
    public async Task An_activation_whose_answer_was_lost_is_not_rolled_back()
    {
        var tenant = await world.GivenTenantAsync();
        world.Hooks.After("ActivateTenant", tenant, () =>
            throw new ApplicationFailureException("The answer is lost.", nonRetryable: true));

        var result = await (await world.StartAsync(tenant)).GetResultAsync();

        Assert.Equal("ACTIVE", result.Outcome);
        Assert.Equal("ACTIVE", await world.StatusAsync(tenant));
        Assert.Equal(["realm", "client", "user", "schema", "role", "bucket"], await world.Systems.OfAsync(tenant));
        Assert.Single(await world.Control.MailsAsync(tenant.SubscriberId));
        Assert.All((await world.ProgressAsync(tenant)).Steps,
            step => Assert.Contains(step.State, (string[])["DONE", "SKIPPED"]));
    }

    [Fact]
    public async Task An_activation_that_is_tried_again_after_it_was_done_is_fine()
    {
        var tenant = await world.GivenTenantAsync();
        int times = 0;
        world.Hooks.After("ActivateTenant", tenant, () => ++times < 3
            ? throw new ApplicationFailureException("The answer is lost.")
            : Task.CompletedTask);

        Assert.Equal("ACTIVE", (await (await world.StartAsync(tenant)).GetResultAsync()).Outcome);
        Assert.Equal(3, times);
    }
}
