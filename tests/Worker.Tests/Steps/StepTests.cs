using ControlPlane;
using Microsoft.Extensions.DependencyInjection;
using Worker.Saga;
using Worker.Steps;
using Worker.Systems.Keycloak;
using Worker.Tests.Support;

namespace Worker.Tests.Steps;

/// <summary>Each step by itself: done twice is done once, undone twice is undone, and nothing can be undone.</summary>
public sealed class StepTests(ProvisioningWorld world) : IClassFixture<ProvisioningWorld>
{
    [Fact]
    public Task Creating_the_realm_twice_makes_one() =>
        TwiceAsync<CreateIdp>(["realm", "client"]);

    [Fact]
    public Task Creating_the_admin_user_twice_makes_one() =>
        TwiceAsync<CreateAdminUser>(["user"], before: tenant => ExecuteAsync<CreateIdp>(tenant));

    [Fact]
    public Task Creating_the_schema_twice_makes_one() =>
        TwiceAsync<ProvisionDatabase>(["schema", "role"]);

    [Fact]
    public Task Creating_the_bucket_twice_makes_one() =>
        TwiceAsync<ProvisionStorage>(["bucket"]);

    [Fact]
    public async Task Deleting_the_bucket_takes_every_version_and_unfinished_upload()
    {
        var tenant = await world.GivenTenantAsync();
        await world.SetAsync(tenant, attempt: 1, "PROVISIONING");
        var step = Run<ProvisionStorage>(tenant, 1);
        await step.ExecuteAsync();
        await world.Systems.FillAsync(tenant.Resources.Bucket);

        await world.SetAsync(tenant, attempt: 1, "ROLLING_BACK");
        await step.CompensateAsync();

        Assert.Empty(await world.Systems.OfAsync(tenant));
    }

    [Fact]
    public async Task A_realm_that_its_admin_renamed_is_found_and_deleted()
    {
        var tenant = await world.GivenTenantAsync();
        await world.SetAsync(tenant, attempt: 1, "PROVISIONING");
        var step = Run<CreateIdp>(tenant, 1);
        await step.ExecuteAsync();
        await world.Services.GetRequiredService<IKeycloakApi>().UpdateRealmAsync(
            tenant.Resources.Realm,
            new RealmRepresentation { Realm = $"renamed-{tenant.Key}" },
            TestContext.Current.CancellationToken);

        await world.SetAsync(tenant, attempt: 1, "ROLLING_BACK");
        Assert.Equal(1, await step.FindResidueAsync());
        await step.CompensateAsync();

        Assert.False(await world.Systems.RealmExistsAsync($"renamed-{tenant.Key}"));
        Assert.Equal(0, await step.FindResidueAsync());
    }

    [Fact]
    public async Task A_later_attempts_realm_schema_and_bucket_survive_an_earlier_attempts_undo()
    {
        var tenant = await world.GivenTenantAsync();
        await world.SetAsync(tenant, attempt: 2, "PROVISIONING");
        await RunAllAsync(tenant, 2);
        string[] before = await world.Systems.OfAsync(tenant);

        // The worst case: the guard does not stop it, since the row says that attempt 1 is being rolled back.
        await world.SetAsync(tenant, attempt: 1, "ROLLING_BACK");
        await Run<ProvisionStorage>(tenant, 1).CompensateAsync();
        await Run<ProvisionDatabase>(tenant, 1).CompensateAsync();
        await Run<CreateAdminUser>(tenant, 1).CompensateAsync();
        await Run<CreateIdp>(tenant, 1).CompensateAsync();

        Assert.Equal(["realm", "client", "user", "schema", "role", "bucket"], before);
        Assert.Equal(before, await world.Systems.OfAsync(tenant));
    }

    [Fact]
    public async Task A_try_of_an_earlier_attempt_that_wakes_up_late_changes_nothing()
    {
        var tenant = await world.GivenTenantAsync();
        await world.SetAsync(tenant, attempt: 2, "PROVISIONING");

        await AssertStaleAsync(Run<CreateIdp>(tenant, 1).ExecuteAsync);
        await AssertStaleAsync(Run<ProvisionDatabase>(tenant, 1).ExecuteAsync);
        await AssertStaleAsync(Run<ProvisionStorage>(tenant, 1).ExecuteAsync);

        Assert.Empty(await world.Systems.OfAsync(tenant));
        await AssertUserIsStaleAsync(attempt: 2, "PROVISIONING");
    }

    [Fact]
    public async Task A_try_that_wakes_up_during_the_rollback_changes_nothing()
    {
        var tenant = await world.GivenTenantAsync();
        await world.SetAsync(tenant, attempt: 1, "ROLLING_BACK");

        await AssertStaleAsync(Run<CreateIdp>(tenant, 1).ExecuteAsync);
        await AssertStaleAsync(Run<ProvisionDatabase>(tenant, 1).ExecuteAsync);
        await AssertStaleAsync(Run<ProvisionStorage>(tenant, 1).ExecuteAsync);

        Assert.Empty(await world.Systems.OfAsync(tenant));
        await AssertUserIsStaleAsync(attempt: 1, "ROLLING_BACK");
    }

    [Fact]
    public async Task A_next_attempt_takes_over_what_an_earlier_one_left()
    {
        var tenant = await world.GivenTenantAsync();
        await world.SetAsync(tenant, attempt: 1, "PROVISIONING");
        await RunAllAsync(tenant, 1);

        await world.SetAsync(tenant, attempt: 2, "PROVISIONING");
        await RunAllAsync(tenant, 2);

        Assert.Equal(["realm", "client", "user", "schema", "role", "bucket"], await world.Systems.OfAsync(tenant));
        var realm = await world.Systems.Keycloak.FindRealmAsync(
            tenant.Resources.Realm, TestContext.Current.CancellationToken);
        Assert.Equal(tenant.RealmId(2).ToString(), realm!.Id);
        Assert.Contains(
            "attempt=2", await world.Systems.RoleCommentAsync(tenant.Resources.Schema), StringComparison.Ordinal);
        Assert.Equal("2", (await world.Systems.BucketTagsAsync(tenant.Resources.Bucket))["arc-saas:attempt"]);
    }

    private async Task TwiceAsync<TStep>(string[] made, Func<TestTenant, Task>? before = null)
        where TStep : class, ICompensatedStep
    {
        var tenant = await world.GivenTenantAsync();
        await world.SetAsync(tenant, attempt: 1, "PROVISIONING");
        await (before?.Invoke(tenant) ?? Task.CompletedTask);
        string[] already = await world.Systems.OfAsync(tenant);
        var step = Run<TStep>(tenant, 1);

        await step.ExecuteAsync();
        await step.ExecuteAsync();

        Assert.Equal((string[])[.. already, .. made], await world.Systems.OfAsync(tenant));
        Assert.NotEqual(0, await step.FindResidueAsync());

        await world.SetAsync(tenant, attempt: 1, "ROLLING_BACK");
        await step.CompensateAsync();
        await step.CompensateAsync();

        Assert.Equal(already, await world.Systems.OfAsync(tenant));
        Assert.Equal(0, await step.FindResidueAsync());
        var untouched = await world.GivenTenantAsync();
        await world.SetAsync(untouched, attempt: 1, "ROLLING_BACK");
        await Run<TStep>(untouched, 1).CompensateAsync();
    }

    private async Task RunAllAsync(TestTenant tenant, int attempt)
    {
        await Run<CreateIdp>(tenant, attempt).ExecuteAsync();
        await Run<CreateAdminUser>(tenant, attempt).ExecuteAsync();
        await Run<ProvisionDatabase>(tenant, attempt).ExecuteAsync();
        await Run<ProvisionStorage>(tenant, attempt).ExecuteAsync();
    }

    private Task ExecuteAsync<TStep>(TestTenant tenant)
        where TStep : class, ICompensatedStep => Run<TStep>(tenant, 1).ExecuteAsync();

    private StepRun<TStep> Run<TStep>(TestTenant tenant, int attempt)
        where TStep : class, ICompensatedStep => new(world, tenant.Attempt(attempt));

    // A user can come late only where the realm of its attempt still stands.
    private async Task AssertUserIsStaleAsync(int attempt, string status)
    {
        var tenant = await world.GivenTenantAsync();
        await world.SetAsync(tenant, attempt: 1, "PROVISIONING");
        await ExecuteAsync<CreateIdp>(tenant);
        await world.SetAsync(tenant, attempt, status);

        await AssertStaleAsync(Run<CreateAdminUser>(tenant, 1).ExecuteAsync);

        Assert.Equal(["realm", "client"], await world.Systems.OfAsync(tenant));
    }

    private static async Task AssertStaleAsync(Func<Task> execute)
    {
        var e = await Assert.ThrowsAsync<ControlPlaneException>(execute);
        Assert.Equal(ErrorCode.StaleAttempt, e.Code);
    }
}
