using ControlPlane.Tenants;
using Microsoft.Extensions.DependencyInjection;
using Temporalio.Client;
using Worker.Sweeps;
using Worker.Systems;
using Worker.Systems.Keycloak;
using Worker.Systems.S3;
using Worker.Tests.Support;

namespace Worker.Tests.Sweeps;

/// <summary>Runs sweeps and creates the objects and rows for them.</summary>
internal static class SweepExtensions
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    public static Task<WorkflowHandle<SweepWorkflow, SweepResult>> StartSweepAsync(this ProvisioningFixture fixture) =>
        fixture.Temporal.StartWorkflowAsync(
            (SweepWorkflow sweep) => sweep.RunAsync(),
            new WorkflowOptions(id: $"sweep-{NewId():N}", taskQueue: "tenant-provisioning"));

    public static async Task<SweepResult> SweepAsync(this ProvisioningFixture fixture) =>
        await (await fixture.StartSweepAsync()).GetResultAsync();

    public static Task<WorkflowHandle<RepairAttemptsWorkflow, int>> StartRepairAsync(
        this ProvisioningFixture fixture) => fixture.Temporal.StartWorkflowAsync(
            (RepairAttemptsWorkflow repair) => repair.RunAsync(),
            new WorkflowOptions(id: $"repair-{NewId():N}", taskQueue: "tenant-provisioning"));

    public static async Task<int> RepairAsync(this ProvisioningFixture fixture) =>
        await (await fixture.StartRepairAsync()).GetResultAsync();

    /// <summary>Records an attempt as ended in a state some minutes ago.</summary>
    public static async Task GivenAttemptAsync(
        this ProvisioningFixture fixture, TestTenant tenant, int attempt, string state, int minutesAgo = 11)
    {
        await fixture.SetStateAsync(tenant, attempt, state == "ROLLED_BACK" ? "PROVISION_FAILED" : "ACTIVE");
        await fixture.Postgres.ExecuteAsync(
            """
            UPDATE provisioning_attempts SET state = $3, ended_at = $4 WHERE tenant_id = $1 AND attempt = $2
            """,
            tenant.Id, attempt, state, TimeProvider.System.GetUtcNow().AddMinutes(-minutesAgo));
    }

    /// <summary>A tenant whose first attempt is rolled back in the records and still has all its objects.</summary>
    public static async Task<TestTenant> GivenLeftOverAsync(this ProvisioningFixture fixture, string? key = null)
    {
        var tenant = await fixture.GivenTenantAsync(key);
        await fixture.GivenAttemptAsync(tenant, 1, "ROLLED_BACK");
        await fixture.CreateObjectsAsync(tenant, tenant.MarkOf());
        return tenant;
    }

    /// <summary>Creates realm, schema with role, and bucket under the tenant's names, with this mark.</summary>
    public static async Task CreateObjectsAsync(this ProvisioningFixture fixture, TestTenant tenant, OwnershipMark mark)
    {
        await fixture.CreateRealmAsync(tenant, mark);
        await fixture.Schemas.EnsureAsync(tenant.Resources.Schema, mark, () => Task.CompletedTask, CancellationToken);
        var buckets = fixture.Services.GetRequiredService<TenantBuckets>();
        await buckets.CreateAsync(tenant.Resources.Bucket, CancellationToken);
        await buckets.TagAsync(tenant.Resources.Bucket, mark, CancellationToken);
        await fixture.Systems.FillAsync(tenant.Resources.Bucket);
    }

    /// <summary>Creates a table with one row in the tenant's schema.</summary>
    public static Task GivenTableAsync(this ProvisioningFixture fixture, TestTenant tenant) =>
        fixture.Postgres.ExecuteAsync($"CREATE TABLE \"{tenant.Resources.Schema}\".theirs AS SELECT 42 AS answer");

    /// <summary>The realm that the step would make for this mark.</summary>
    public static RealmRepresentation BuildRealm(
        this ProvisioningFixture fixture, TestTenant tenant, OwnershipMark mark) =>
        fixture.Services.GetRequiredService<TenantRealmTemplate>().Build(
            mark, TenantKey.FromStorage(tenant.Key), "Planted", [$"{tenant.Key}.com"]);

    public static async Task CreateRealmAsync(
        this ProvisioningFixture fixture, TestTenant tenant, OwnershipMark mark) =>
        Assert.True(await fixture.Systems.Keycloak.CreateRealmAsync(
            fixture.BuildRealm(tenant, mark), CancellationToken));

    /// <summary>Changes a realm as its own administrator may.</summary>
    public static Task ChangeRealmAsync(this ProvisioningFixture fixture, string realm, RealmRepresentation changes) =>
        fixture.Services.GetRequiredService<IKeycloakApi>().UpdateRealmAsync(realm, changes, CancellationToken);

    public static OwnershipMark MarkOf(this TestTenant tenant, int attempt = 1) =>
        new(ProvisioningFixture.Installation, tenant.Id, attempt);

    /// <summary>The orphans listed for a tenant.</summary>
    public static async Task<List<Orphan>> OrphansAsync(this ProvisioningFixture fixture, Guid tenantId) =>
        [.. (await fixture.Services.GetRequiredService<OrphanRecords>().ListAsync(CancellationToken))
            .Where(orphan => orphan.TenantId == tenantId)];

    /// <summary>A tenant without a row in the database.</summary>
    public static TestTenant UnknownTenant(string? key = null)
    {
        key ??= Testing.SandboxFixture.UniqueKey();
        return new TestTenant(
            NewId(), NewId(), key, $"admin@{key}.com", TenantResources.For(TenantKey.Parse(key), ""));
    }

    private static Guid NewId() => Guid.CreateVersion7(TimeProvider.System.GetUtcNow());
}
