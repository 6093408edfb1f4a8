using ControlPlane;
using Microsoft.Extensions.DependencyInjection;
using Sandbox.Control;
using Testing;
using Worker.Steps;
using Worker.Tests.Support;
using Worker.Tests.Sweeps;

namespace Worker.Tests.Saga;

/// <summary>
/// A lower attempt's late effect: a request of a rolled-back attempt takes effect while or after the next attempt
/// creates the same object. The next attempt ends complete, with its own marks, and no sweep deletes anything of it. A
/// bucket is tagged after its creation: tags that land after the next attempt's own are only reported (MismarkedTests).
/// </summary>
public sealed class LowerAttemptTests(ProvisioningFixture fixture) : IClassFixture<ProvisioningFixture>
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    // Delay: between the next attempt's lookup and its creation. HoldAnswer: after its creation, before its step ends.
    [Theory]
    [InlineData(CreationCall.Realm, FaultKind.Delay)]
    [InlineData(CreationCall.Realm, FaultKind.HoldAnswer)]
    [InlineData(CreationCall.User, FaultKind.Delay)]
    [InlineData(CreationCall.User, FaultKind.HoldAnswer)]
    [InlineData(CreationCall.Bucket, FaultKind.Delay)]
    [InlineData(CreationCall.Bucket, FaultKind.HoldAnswer)]
    [InlineData(CreationCall.Tags, FaultKind.Delay)]
    public async Task A_lower_attempts_late_effect_during_the_next_attempts_step_leaves_nothing_of_it(
        CreationCall call, FaultKind held)
    {
        var tenant = await fixture.GivenTenantAsync();
        await using var late = await RollBackWithCallInFlightAsync(tenant, call);
        await using var own = await fixture.Control.SetFaultAsync(call.RuleFor(tenant) with { Kind = held });
        var run = await fixture.StartAsync(tenant);
        await own.WaitForHitsAsync();

        await fixture.LandAsync(late);

        await own.ReleaseAsync();
        Assert.Equal("ACTIVE", (await run.GetResultAsync()).Outcome);
        // It used the answer to its own call: no later try corrected it.
        Assert.True((await fixture.Control.GetCallsAsync()).Single(c => c.Fault == own.Id).Answered);
        await AssertAllIsOfAttempt2Async(tenant);
    }

    [Theory]
    [InlineData(CreationCall.Realm)]
    [InlineData(CreationCall.User)]
    [InlineData(CreationCall.Bucket)]
    public async Task A_lower_attempts_late_effect_on_an_active_tenant_leaves_nothing_of_it(CreationCall call)
    {
        var tenant = await fixture.GivenTenantAsync();
        await using var late = await RollBackWithCallInFlightAsync(tenant, call);
        Assert.Equal("ACTIVE", (await (await fixture.StartAsync(tenant)).GetResultAsync()).Outcome);
        await fixture.Systems.FillAsync(tenant.Resources.Bucket);

        await fixture.LandAsync(late);

        await AssertAllIsOfAttempt2Async(tenant);
    }

    // The lower attempt's transaction holds a lock: the next attempt cannot create its own schema before it ends.
    [Fact]
    public async Task A_lower_attempts_schema_that_is_committed_late_is_waited_for_and_taken_over()
    {
        var tenant = await fixture.GivenTenantAsync();
        await fixture.SetStateAsync(tenant, attempt: 1, "PROVISIONING");
        await using var late = await fixture.HoldEffectAsync(CreationCall.Schema, tenant);
        var first = Run(tenant, 1).ExecuteAsync();
        await late.WaitForHitsAsync();
        await fixture.SetStateAsync(tenant, attempt: 2, "PROVISIONING");
        var second = Run(tenant, 2).ExecuteAsync();
        await fixture.WaitUntilBlockedAsync();

        var landed = await fixture.LandAsync(late);

        await second;
        Assert.Equal(ErrorCode.StaleAttempt, (await Assert.ThrowsAsync<ControlPlaneException>(() => first)).Code);
        Assert.True(landed.Effect);
        Assert.Equal(["schema", "role"], await fixture.Systems.ObjectsOfAsync(tenant));
        Assert.Equal(
            tenant.MarkOf(attempt: 2).ToComment(), await fixture.Systems.RoleCommentAsync(tenant.Resources.Schema));
        Assert.Equal("CREATED 2", await fixture.Postgres.ReadAsync<string>(
            "SELECT state || ' ' || attempt FROM resources WHERE tenant_id = $1", tenant.Id));
    }

    /// <summary>Rolls the first attempt back completely while one of its calls has yet to take effect.</summary>
    private async Task<SandboxFault> RollBackWithCallInFlightAsync(TestTenant tenant, CreationCall call)
    {
        var late = await fixture.HoldEffectAsync(call, tenant);
        var run = await fixture.StartAsync(tenant);
        await late.WaitForHitsAsync();
        await run.CancelAsync();
        await Assert.ThrowsAsync<Temporalio.Exceptions.WorkflowFailedException>(() => run.GetResultAsync());
        Assert.Empty(await fixture.Systems.ObjectsOfAsync(tenant));
        return late;
    }

    private async Task AssertAllIsOfAttempt2Async(TestTenant tenant)
    {
        string versions = await BucketVersionsAsync(tenant);
        await fixture.Postgres.ExecuteAsync(
            "UPDATE provisioning_attempts SET ended_at = ended_at - interval '1 day' WHERE tenant_id = $1", tenant.Id);

        await fixture.RepairAsync();

        Assert.Equal("ACTIVE", await fixture.StatusAsync(tenant));
        var residue = await fixture.ReadResidueAsync(tenant);
        Assert.True(residue.IsClean);
        Assert.Equal(
            [
                "keycloak_admin_user LIVE 2", "keycloak_client LIVE 2", "keycloak_realm LIVE 2", "database_role LIVE 2",
                "database_schema LIVE 2", "storage_bucket LIVE 2",
            ],
            residue.Systems.SelectMany(system => system.Found)
                .Select(found => $"{found.Type} {found.StateFor(residue.Tenant)} {found.Attempt}"));
        Assert.Equal(versions, await BucketVersionsAsync(tenant));
        await AssertUserIsCompleteAsync(tenant);
    }

    private async Task AssertUserIsCompleteAsync(TestTenant tenant)
    {
        var (realm, keycloak) = (tenant.Resources.Realm, fixture.Systems.Keycloak);
        var user = (await fixture.Systems.FindAdminUserAsync(tenant))!;
        Assert.True(user.Enabled);
        Assert.Equal([tenant.Id.ToString()], user.Attributes!["tenantId"]);
        Assert.Equal(["admin"], user.Attributes["role"]);
        Assert.Empty(await keycloak.MissingClientRolesAsync(
            realm, user.Id!, "realm-management", ["realm-admin"], CancellationToken));
    }

    private async Task<string> BucketVersionsAsync(TestTenant tenant) => string.Join(
        '\n',
        ((await fixture.Systems.S3.ListVersionsAsync(tenant.Resources.Bucket, CancellationToken)).Versions ?? [])
            .Select(version => $"{version.Key} {version.VersionId}"));

    private StepRun<ProvisionDatabase> Run(TestTenant tenant, int attempt) => new(fixture, tenant.Attempt(attempt));
}
