using Sandbox.Control;
using Worker.Tests.Support;

namespace Worker.Tests.Saga;

/// <summary>
/// A call takes effect and its answer is lost: the next try completes the object and does not create a second one.
/// </summary>
public sealed class LostAnswerTests(ProvisioningFixture fixture) : IClassFixture<ProvisioningFixture>
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    private static FaultRule LostCreation => new()
    {
        System = "keycloak",
        Method = "POST",
        Path = "/admin/realms",
        Kind = FaultKind.LoseAnswer,
    };

    [Theory]
    [InlineData("keycloak", "POST", "/admin/realms", null)]
    [InlineData("keycloak", "POST", "/admin/realms/*/partialImport", null)]
    [InlineData("s3", "PUT", "/tenant-*", null)]
    [InlineData("s3", "PUT", "/tenant-*", "tagging*")]
    [InlineData("s3", "PUT", "/tenant-*", "publicAccessBlock*")]
    [InlineData("novu", "POST", "/v2/subscribers", null)]
    [InlineData("novu", "POST", "/v1/events/trigger", null)]
    public async Task The_next_try_recovers_from_a_lost_answer(
        string system, string method, string path, string? query)
    {
        var tenant = await fixture.GivenTenantAsync();
        await using var fault = await fixture.Control.SetFaultAsync(new FaultRule
        {
            System = system,
            Method = method,
            Path = path,
            Query = query,
            Kind = FaultKind.LoseAnswer,
        });

        var run = await fixture.StartAsync(tenant);

        Assert.Equal("ACTIVE", (await run.GetResultAsync()).Outcome);
        Assert.Equal(1, await fault.GetHitsAsync());
        Assert.Equal(SystemProbe.AllObjects, await fixture.Systems.ObjectsOfAsync(tenant));
        Assert.Single(await fixture.Control.GetMailsAsync(tenant.SubscriberId));
        Assert.All((await fixture.ProgressAsync(tenant)).Steps, step => Assert.Null(step.UndoState));
    }

    [Theory]
    [InlineData("keycloak", FaultKind.Answer)]
    [InlineData("keycloak", FaultKind.Reset)]
    [InlineData("s3", FaultKind.Answer)]
    [InlineData("s3", FaultKind.Reset)]
    [InlineData("novu", FaultKind.Answer)]
    [InlineData("novu", FaultKind.Reset)]
    public async Task A_temporary_outage_of_a_system_is_retried(string system, FaultKind kind)
    {
        var tenant = await fixture.GivenTenantAsync();
        await using var fault = await fixture.Control.SetFaultAsync(
            new FaultRule { System = system, Kind = kind, Count = 5 });

        var run = await fixture.StartAsync(tenant);

        Assert.Equal("ACTIVE", (await run.GetResultAsync()).Outcome);
        Assert.Equal(5, await fault.GetHitsAsync());
        Assert.Single(await fixture.Control.GetMailsAsync(tenant.SubscriberId));
    }

    [Fact]
    public async Task A_retry_that_finds_its_own_realm_continues_with_it()
    {
        var tenant = await fixture.GivenTenantAsync();
        await using var lost = await fixture.Control.SetFaultAsync(LostCreation);

        await (await fixture.StartAsync(tenant)).GetResultAsync();

        await AssertRealmIsOfAttempt1Async(tenant);
        Assert.Equal(2, (await fixture.ProgressAsync(tenant)).Steps.Single(s => s.Step == "create-idp").Tries);
    }

    // Defect 2 of the original: it retried a creation, got 409 for its own realm, gave up and left the realm behind.
    // The lookup before the creation finds nothing yet, as with late caches in Keycloak.
    [Fact]
    public async Task A_retry_whose_creation_meets_its_own_realm_as_409_goes_on_with_it()
    {
        var tenant = await fixture.GivenTenantAsync();
        await using var lost = await fixture.Control.SetFaultAsync(LostCreation);
        await using var hidden = await fixture.Control.SetFaultAsync(LookupOf(tenant) with { Skip = 1, Status = 404 });
        long before = await LastCallAsync();

        Assert.Equal("ACTIVE", (await (await fixture.StartAsync(tenant)).GetResultAsync()).Outcome);

        Assert.Equal([201, 409], await CreationsSinceAsync(before));
        await AssertRealmIsOfAttempt1Async(tenant);
        Assert.Equal(SystemProbe.AllObjects, await fixture.Systems.ObjectsOfAsync(tenant));
    }

    [Fact]
    public async Task A_retry_that_meets_its_own_realm_as_409_until_it_gives_up_orphans_no_realm()
    {
        var tenant = await fixture.GivenTenantAsync();
        await using var lost = await fixture.Control.SetFaultAsync(LostCreation);
        await using var hidden = await fixture.Control.SetFaultAsync(
            LookupOf(tenant) with { Skip = 1, Count = 0, Status = 404 });
        long before = await LastCallAsync();

        var failure = await fixture.FailAsync(tenant);

        Assert.Equal("create-idp", failure.FailedStep);
        Assert.Equal([201, .. Enumerable.Repeat(409, 14)], await CreationsSinceAsync(before));
        Assert.Equal("PROVISION_FAILED", await fixture.StatusAsync(tenant));
        Assert.Empty(await fixture.Systems.ObjectsOfAsync(tenant));
        Assert.DoesNotContain(await fixture.Systems.Keycloak.FindRealmsAsync(CancellationToken) ?? [],
            realm => realm.Id == tenant.RealmId(1).ToString());
    }

    // A real Keycloak answers 409 as soon as the first creation is committed, and shows the realm's id a moment later.
    [Fact]
    public async Task A_creation_that_gets_409_for_its_own_earlier_call_is_no_conflict()
    {
        var tenant = await fixture.GivenTenantAsync();
        await using var fault = await fixture.Control.SetFaultAsync(
            LostCreation with { Kind = FaultKind.Answer, Status = 409 });

        Assert.Equal("ACTIVE", (await (await fixture.StartAsync(tenant)).GetResultAsync()).Outcome);

        Assert.Equal(1, await fault.GetHitsAsync());
    }

    [Fact]
    public async Task A_realm_whose_owner_cannot_be_read_at_first_is_read_again()
    {
        var tenant = await fixture.GivenTenantAsync();
        await using var lost = await fixture.Control.SetFaultAsync(LostCreation);
        await using var hidden = await fixture.Control.SetFaultAsync(LookupOf(tenant) with { Skip = 1, Status = 403 });

        Assert.Equal("ACTIVE", (await (await fixture.StartAsync(tenant)).GetResultAsync()).Outcome);

        Assert.Equal(1, await hidden.GetHitsAsync());
        Assert.Equal(SystemProbe.AllObjects, await fixture.Systems.ObjectsOfAsync(tenant));
    }

    private static FaultRule LookupOf(TestTenant tenant) => new()
    {
        System = "keycloak",
        Method = "GET",
        Path = $"/admin/realms/{tenant.Resources.Realm}",
    };

    private async Task AssertRealmIsOfAttempt1Async(TestTenant tenant)
    {
        var realm = await fixture.Systems.Keycloak.FindRealmAsync(tenant.Resources.Realm, CancellationToken);
        Assert.Equal(tenant.RealmId(1).ToString(), realm!.Id);
    }

    private async Task<long> LastCallAsync() => (await fixture.Control.GetCallsAsync()).Max(c => c.Number);

    /// <summary>Keycloak's status for each creation of a realm, whether or not the answer arrived.</summary>
    private async Task<IEnumerable<int?>> CreationsSinceAsync(long call) =>
        (await fixture.Control.GetCallsAsync("/admin/realms?"))
            .Where(c => c.Number > call && c is { System: "keycloak", Method: "POST" })
            .Select(c => c.Status);
}
