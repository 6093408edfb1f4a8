using ControlPlane.Tenants;
using Microsoft.Extensions.DependencyInjection;
using Temporalio.Client;
using Worker.Sweeps;
using Worker.Systems;
using Worker.Systems.Keycloak;
using Worker.Systems.S3;
using Worker.Tests.Support;

namespace Worker.Tests.Sweeps;

/// <summary>What the tests of the sweep have in common: to sweep, and to plant what is to be swept.</summary>
internal static class Sweeping
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    public static Task<WorkflowHandle<SweepWorkflow, SweepResult>> StartSweepAsync(this ProvisioningWorld world) =>
        world.Temporal.StartWorkflowAsync(
            (SweepWorkflow sweep) => sweep.RunAsync(),
            new WorkflowOptions(id: $"sweep-{NewId():N}", taskQueue: "tenant-provisioning"));

    public static async Task<SweepResult> SweepAsync(this ProvisioningWorld world) =>
        await (await world.StartSweepAsync()).GetResultAsync();

    /// <summary>The attempt is written down as ended so, so many minutes ago.</summary>
    public static async Task GivenAttemptAsync(
        this ProvisioningWorld world, TestTenant tenant, int attempt, string state, int minutesAgo = 11)
    {
        await world.SetAsync(tenant, attempt, state == "ROLLED_BACK" ? "PROVISION_FAILED" : "ACTIVE");
        await world.Postgres.ExecuteAsync(
            """
            UPDATE provisioning_attempts SET state = $3, ended_at = $4 WHERE tenant_id = $1 AND attempt = $2
            """,
            tenant.Id, attempt, state, TimeProvider.System.GetUtcNow().AddMinutes(-minutesAgo));
    }

    /// <summary>A tenant whose first attempt is rolled back in the records and still has all its objects.</summary>
    public static async Task<TestTenant> GivenLeftOverAsync(this ProvisioningWorld world, string? key = null)
    {
        var tenant = await world.GivenTenantAsync(key);
        await world.GivenAttemptAsync(tenant, 1, "ROLLED_BACK");
        await world.PlantAsync(tenant, tenant.MarkOf());
        return tenant;
    }

    /// <summary>Realm, schema with its role and bucket under the tenant's names, with this mark.</summary>
    public static async Task PlantAsync(this ProvisioningWorld world, TestTenant tenant, OwnershipMark mark)
    {
        await world.PlantRealmAsync(tenant, mark);
        await world.Schemas.EnsureAsync(tenant.Resources.Schema, mark, () => Task.CompletedTask, CancellationToken);
        var buckets = world.Services.GetRequiredService<TenantBuckets>();
        await buckets.CreateAsync(tenant.Resources.Bucket, CancellationToken);
        await buckets.TagAsync(tenant.Resources.Bucket, mark, CancellationToken);
        await world.Systems.FillAsync(tenant.Resources.Bucket);
    }

    /// <summary>A table with a row in the schema of the tenant's name.</summary>
    public static Task GivenTableAsync(this ProvisioningWorld world, TestTenant tenant) =>
        world.Postgres.ExecuteAsync($"CREATE TABLE \"{tenant.Resources.Schema}\".theirs AS SELECT 42 AS answer");

    public static async Task PlantRealmAsync(this ProvisioningWorld world, TestTenant tenant, OwnershipMark mark) =>
        Assert.True(await world.Systems.Keycloak.CreateRealmAsync(
            TenantRealm.Build(mark, tenant.Resources, "Planted", []), CancellationToken));

    /// <summary>What its own administrator may do to a realm.</summary>
    public static Task ChangeRealmAsync(this ProvisioningWorld world, string realm, RealmRepresentation changes) =>
        world.Services.GetRequiredService<IKeycloakApi>().UpdateRealmAsync(realm, changes, CancellationToken);

    public static OwnershipMark MarkOf(this TestTenant tenant, int attempt = 1) =>
        new(ProvisioningWorld.Installation, tenant.Id, attempt);

    /// <summary>What is listed as an orphan of this tenant.</summary>
    public static async Task<List<Orphan>> OrphansAsync(this ProvisioningWorld world, Guid tenantId) =>
        [.. (await world.Services.GetRequiredService<OrphanRecords>().ListAsync(CancellationToken))
            .Where(orphan => orphan.TenantId == tenantId)];

    /// <summary>A tenant that this database does not know.</summary>
    public static TestTenant Stranger(string? key = null)
    {
        key ??= Testing.SandboxFixture.UniqueKey();
        return new TestTenant(
            NewId(), NewId(), key, $"admin@{key}.com", TenantResources.For(TenantKey.Parse(key)));
    }

    private static Guid NewId() => Guid.CreateVersion7(TimeProvider.System.GetUtcNow());
}
