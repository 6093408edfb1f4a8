using Sandbox.Control;
using Worker.Tests.Worlds;

namespace Worker.Tests.Provisioning;

/// <summary>
/// The effect is done and the answer is lost: the next try finishes what is there, it does not make it twice.
/// </summary>
public sealed class LostAnswerTests(ProvisioningWorld world) : IClassFixture<ProvisioningWorld>
{
    [Theory]
    [InlineData("keycloak", "POST", "/admin/realms", null)]
    [InlineData("keycloak", "POST", "/admin/realms/*/partialImport", null)]
    [InlineData("s3", "PUT", "/tenant-*", null)]
    [InlineData("s3", "PUT", "/tenant-*", "tagging*")]
    [InlineData("s3", "PUT", "/tenant-*", "publicAccessBlock*")]
    [InlineData("novu", "POST", "/v2/subscribers", null)]
    [InlineData("novu", "POST", "/v1/events/trigger", null)]
    public async Task A_lost_answer_is_made_good_by_the_next_try(
        string system, string method, string path, string? query)
    {
        var tenant = await world.GivenTenantAsync();
        await using var fault = await world.Control.FaultAsync(new FaultRule
        {
            System = system,
            Method = method,
            Path = path,
            Query = query,
            Kind = FaultKind.LoseAnswer,
        });

        var run = await world.StartAsync(tenant);

        Assert.Equal("ACTIVE", (await run.GetResultAsync()).Outcome);
        Assert.Equal(1, await fault.HitsAsync());
        Assert.Equal(["realm", "client", "user", "schema", "role", "bucket"], await world.Systems.OfAsync(tenant));
        Assert.Single(await world.Control.MailsAsync(tenant.SubscriberId));
        Assert.All((await world.ProgressAsync(tenant)).Steps, step => Assert.Null(step.UndoState));
    }

    [Theory]
    [InlineData("keycloak", FaultKind.Answer)]
    [InlineData("keycloak", FaultKind.Reset)]
    [InlineData("s3", FaultKind.Answer)]
    [InlineData("s3", FaultKind.Reset)]
    [InlineData("novu", FaultKind.Answer)]
    [InlineData("novu", FaultKind.Reset)]
    public async Task A_system_that_is_away_for_a_while_is_waited_for(string system, FaultKind kind)
    {
        var tenant = await world.GivenTenantAsync();
        await using var fault = await world.Control.FaultAsync(
            new FaultRule { System = system, Kind = kind, Count = 5 });

        var run = await world.StartAsync(tenant);

        Assert.Equal("ACTIVE", (await run.GetResultAsync()).Outcome);
        Assert.Equal(5, await fault.HitsAsync());
        Assert.Single(await world.Control.MailsAsync(tenant.SubscriberId));
    }

    // The original retried a creation, met its own realm as 409, gave up and left the realm behind.
    [Fact]
    public async Task A_retry_that_meets_its_own_realm_takes_it_as_its_own()
    {
        var tenant = await world.GivenTenantAsync();
        await using var fault = await world.Control.FaultAsync(new FaultRule
        {
            System = "keycloak",
            Method = "POST",
            Path = "/admin/realms",
            Kind = FaultKind.LoseAnswer,
        });

        await (await world.StartAsync(tenant)).GetResultAsync();

        var realm = await world.Systems.Keycloak.FindRealmAsync(
            tenant.Resources.Realm, TestContext.Current.CancellationToken);
        Assert.Equal(tenant.RealmId(1).ToString(), realm!.Id);
        Assert.Equal(2, (await world.ProgressAsync(tenant)).Steps.Single(s => s.Step == "create-idp").Tries);
    }

    // A real Keycloak says 409 as soon as the first creation is committed, and shows whose the realm is a moment later.
    [Fact]
    public async Task A_creation_that_meets_its_own_unanswered_one_is_no_conflict()
    {
        var tenant = await world.GivenTenantAsync();
        await using var fault = await world.Control.FaultAsync(new FaultRule
        {
            System = "keycloak",
            Method = "POST",
            Path = "/admin/realms",
            Status = 409,
        });

        Assert.Equal("ACTIVE", (await (await world.StartAsync(tenant)).GetResultAsync()).Outcome);

        Assert.Equal(1, await fault.HitsAsync());
    }

    [Fact]
    public async Task A_realm_that_does_not_show_at_first_whose_it_is_is_asked_again()
    {
        var tenant = await world.GivenTenantAsync();
        await using var lost = await world.Control.FaultAsync(new FaultRule
        {
            System = "keycloak",
            Method = "POST",
            Path = "/admin/realms",
            Kind = FaultKind.LoseAnswer,
        });
        await using var hidden = await world.Control.FaultAsync(new FaultRule
        {
            System = "keycloak",
            Method = "GET",
            Path = $"/admin/realms/{tenant.Resources.Realm}",
            Skip = 1,
            Status = 403,
        });

        Assert.Equal("ACTIVE", (await (await world.StartAsync(tenant)).GetResultAsync()).Outcome);

        Assert.Equal(1, await hidden.HitsAsync());
        Assert.Equal(["realm", "client", "user", "schema", "role", "bucket"], await world.Systems.OfAsync(tenant));
    }
}
