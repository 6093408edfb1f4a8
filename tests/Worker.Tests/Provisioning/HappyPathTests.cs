using Worker.Tests.Worlds;

namespace Worker.Tests.Provisioning;

public sealed class HappyPathTests(ProvisioningWorld world) : IClassFixture<ProvisioningWorld>
{
    [Fact]
    public async Task A_tenant_becomes_active_with_everything_there_once()
    {
        var tenant = await world.GivenTenantAsync();

        var run = await world.StartAsync(tenant);
        var result = await run.GetResultAsync();

        Assert.Equal("ACTIVE", result.Outcome);
        Assert.Equal("ACTIVE", await world.StatusAsync(tenant));
        Assert.Equal(["realm", "client", "user", "schema", "role", "bucket"], await world.Systems.OfAsync(tenant));
        var progress = await world.ProgressAsync(tenant);
        Assert.Equal(
            ["DONE", "DONE", "DONE", "DONE", "DONE", "SKIPPED", "SKIPPED", "SKIPPED", "DONE", "DONE", "DONE"],
            progress.Steps.Select(step => step.State));
        Assert.All(progress.Steps, step => Assert.Null(step.UndoState));
        Assert.Single(await world.Control.MailsAsync(tenant.SubscriberId));
    }
}
