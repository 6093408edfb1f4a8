using ControlPlane.Readings;
using Microsoft.Extensions.DependencyInjection;
using Sandbox.Control;
using Testing;
using Worker.Steps;
using Worker.Tests.Support;
using Worker.Tests.Sweeps;

namespace Worker.Tests.Saga;

/// <summary>
/// A lower attempt's late effect: a request of an attempt that was rolled back lands where the next one makes the same
/// thing, or has it. The next one is complete, by its own marks, and no sweep takes anything from it. Tags are not made
/// together with their bucket: those that land after the next attempt's own are told and left alone (MismarkedTests).
/// </summary>
public sealed class LowerAttemptTests(ProvisioningWorld world) : IClassFixture<ProvisioningWorld>
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    // Delay: between the next attempt's look and its own creation. HoldAnswer: its creation is done, its step is not.
    [Theory]
    [InlineData(LateCall.Realm, FaultKind.Delay)]
    [InlineData(LateCall.Realm, FaultKind.HoldAnswer)]
    [InlineData(LateCall.User, FaultKind.Delay)]
    [InlineData(LateCall.User, FaultKind.HoldAnswer)]
    [InlineData(LateCall.Bucket, FaultKind.Delay)]
    [InlineData(LateCall.Bucket, FaultKind.HoldAnswer)]
    [InlineData(LateCall.Tags, FaultKind.Delay)]
    public async Task A_lower_attempts_late_effect_during_the_next_attempts_step_leaves_nothing_of_it(
        LateCall call, FaultKind held)
    {
        var tenant = await world.GivenTenantAsync();
        await using var late = await RolledBackUnderWayAsync(tenant, call);
        await using var own = await world.Control.FaultAsync(call.For(tenant) with { Kind = held });
        var run = await world.StartAsync(tenant);
        await own.HitAsync();

        await world.LandAsync(late);

        await own.ReleaseAsync();
        Assert.Equal("ACTIVE", (await run.GetResultAsync()).Outcome);
        // It went on with the answer to its own call: no later try made that good.
        Assert.True((await world.Control.CallsAsync()).Single(c => c.Fault == own.Id).Answered);
        await AssertIsTheSecondAttemptsAsync(tenant);
    }

    [Theory]
    [InlineData(LateCall.Realm)]
    [InlineData(LateCall.User)]
    [InlineData(LateCall.Bucket)]
    public async Task A_lower_attempts_late_effect_on_an_active_tenant_leaves_nothing_of_it(LateCall call)
    {
        var tenant = await world.GivenTenantAsync();
        await using var late = await RolledBackUnderWayAsync(tenant, call);
        Assert.Equal("ACTIVE", (await (await world.StartAsync(tenant)).GetResultAsync()).Outcome);
        await world.Systems.FillAsync(tenant.Resources.Bucket);

        await world.LandAsync(late);

        await AssertIsTheSecondAttemptsAsync(tenant);
    }

    // The lower one's transaction holds a lock, so the next attempt cannot have made its own before that has ended.
    [Fact]
    public async Task A_lower_attempts_schema_that_is_committed_late_is_waited_for_and_taken_over()
    {
        var tenant = await world.GivenTenantAsync();
        await world.SetAsync(tenant, attempt: 1, "PROVISIONING");
        await using var late = await world.HoldEffectAsync(LateCall.Schema, tenant);
        var first = Run(tenant, 1).ExecuteAsync();
        await late.HitAsync();
        await world.SetAsync(tenant, attempt: 2, "PROVISIONING");
        var second = Run(tenant, 2).ExecuteAsync();
        await world.SomebodyWaitsAsync();

        var landed = await world.LandAsync(late);

        await Task.WhenAll(first, second);
        Assert.True(landed.Effect);
        Assert.Equal(["schema", "role"], await world.Systems.OfAsync(tenant));
        Assert.Equal(
            tenant.MarkOf(attempt: 2).ToComment(), await world.Systems.RoleCommentAsync(tenant.Resources.Schema));
        Assert.Equal("CREATED 2", await world.Postgres.ReadAsync<string>(
            "SELECT state || ' ' || attempt FROM resources WHERE tenant_id = $1", tenant.Id));
    }

    /// <summary>The first attempt is rolled back, nothing is left of it, and a call of it is still under way.</summary>
    private async Task<SandboxFault> RolledBackUnderWayAsync(TestTenant tenant, LateCall call)
    {
        var late = await world.HoldEffectAsync(call, tenant);
        var run = await world.StartAsync(tenant);
        await late.HitAsync();
        await run.CancelAsync();
        await Assert.ThrowsAsync<Temporalio.Exceptions.WorkflowFailedException>(() => run.GetResultAsync());
        Assert.Empty(await world.Systems.OfAsync(tenant));
        return late;
    }

    private async Task AssertIsTheSecondAttemptsAsync(TestTenant tenant)
    {
        string objects = await BucketAsync(tenant);
        await world.Postgres.ExecuteAsync(
            "UPDATE provisioning_attempts SET ended_at = ended_at - interval '1 day' WHERE tenant_id = $1", tenant.Id);

        await world.SweepAsync();

        Assert.Equal("ACTIVE", await world.StatusAsync(tenant));
        var residue = await world.Services.GetRequiredService<GetResidue>().ExecuteAsync(tenant.Id, CancellationToken);
        Assert.True(residue.IsClean);
        Assert.Equal(
            [
                "keycloak_admin_user LIVE 2", "keycloak_client LIVE 2", "keycloak_realm LIVE 2", "database_role LIVE 2",
                "database_schema LIVE 2", "storage_bucket LIVE 2",
            ],
            residue.Systems.SelectMany(system => system.Found)
                .Select(found => $"{found.Type} {found.StateFor(residue.Tenant)} {found.Attempt}"));
        Assert.Equal(objects, await BucketAsync(tenant));
        await AssertUserIsCompleteAsync(tenant);
    }

    private async Task AssertUserIsCompleteAsync(TestTenant tenant)
    {
        var (realm, keycloak) = (tenant.Resources.Realm, world.Systems.Keycloak);
        var user = (await keycloak.FindUserAsync(realm, tenant.Email, CancellationToken))!;
        Assert.True(user.Enabled);
        Assert.Equal([tenant.Id.ToString()], user.Attributes!["tenantId"]);
        Assert.Equal(["admin"], user.Attributes["role"]);
        Assert.Empty(await keycloak.MissingClientRolesAsync(
            realm, user.Id!, "realm-management", ["realm-admin"], CancellationToken));
    }

    private async Task<string> BucketAsync(TestTenant tenant) => string.Join(
        '\n',
        ((await world.Systems.S3.ListVersionsAsync(tenant.Resources.Bucket, CancellationToken)).Versions ?? [])
            .Select(version => $"{version.Key} {version.VersionId}"));

    private StepRun<ProvisionDatabase> Run(TestTenant tenant, int attempt) => new(world, tenant.Attempt(attempt));
}
