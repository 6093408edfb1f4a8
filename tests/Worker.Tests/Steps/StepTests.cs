using ControlPlane;
using Microsoft.Extensions.DependencyInjection;
using Worker.Saga;
using Worker.Steps;
using Worker.Systems.Keycloak;
using Worker.Tests.Support;

namespace Worker.Tests.Steps;

/// <summary>Single steps: step and undo are idempotent, and an undo of nothing succeeds.</summary>
public sealed class StepTests(ProvisioningFixture fixture) : IClassFixture<ProvisioningFixture>
{
    [Fact]
    public Task Creating_the_realm_twice_creates_one() =>
        TwiceAsync<CreateIdp>(["realm", "client"]);

    [Fact]
    public Task Creating_the_admin_user_twice_creates_one() =>
        TwiceAsync<CreateAdminUser>(["user"], before: tenant => ExecuteAsync<CreateIdp>(tenant));

    [Fact]
    public Task Creating_the_schema_twice_creates_one() =>
        TwiceAsync<ProvisionDatabase>(["schema", "role"]);

    [Fact]
    public Task Creating_the_bucket_twice_creates_one() =>
        TwiceAsync<ProvisionStorage>(["bucket"]);

    [Fact]
    public async Task Deleting_the_bucket_deletes_all_versions_and_unfinished_uploads()
    {
        var tenant = await fixture.GivenTenantAsync();
        await fixture.SetStateAsync(tenant, attempt: 1, "PROVISIONING");
        var step = Run<ProvisionStorage>(tenant, 1);
        await step.ExecuteAsync();
        await fixture.Systems.FillAsync(tenant.Resources.Bucket);

        await fixture.SetStateAsync(tenant, attempt: 1, "ROLLING_BACK");
        await step.CompensateAsync();

        Assert.Empty(await fixture.Systems.ObjectsOfAsync(tenant));
    }

    [Fact]
    public async Task A_realm_renamed_by_its_admin_is_found_and_deleted()
    {
        var tenant = await fixture.GivenTenantAsync();
        await fixture.SetStateAsync(tenant, attempt: 1, "PROVISIONING");
        var step = Run<CreateIdp>(tenant, 1);
        await step.ExecuteAsync();
        await fixture.Services.GetRequiredService<IKeycloakApi>().UpdateRealmAsync(
            tenant.Resources.Realm,
            new RealmRepresentation { Realm = $"renamed-{tenant.Key}" },
            TestContext.Current.CancellationToken);

        await fixture.SetStateAsync(tenant, attempt: 1, "ROLLING_BACK");
        Assert.Equal(1, await step.FindResidueAsync());
        await step.CompensateAsync();

        Assert.False(await fixture.Systems.RealmExistsAsync($"renamed-{tenant.Key}"));
        Assert.Equal(0, await step.FindResidueAsync());
    }

    [Fact]
    public async Task The_undo_of_an_earlier_attempt_leaves_a_later_attempts_objects()
    {
        var tenant = await fixture.GivenTenantAsync();
        await fixture.SetStateAsync(tenant, attempt: 2, "PROVISIONING");
        await RunAllAsync(tenant, 2);
        string[] before = await fixture.Systems.ObjectsOfAsync(tenant);

        // The worst case: the row says that attempt 1 is being rolled back, so the status check does not stop the undo.
        await fixture.SetStateAsync(tenant, attempt: 1, "ROLLING_BACK");
        await Run<ProvisionStorage>(tenant, 1).CompensateAsync();
        await Run<ProvisionDatabase>(tenant, 1).CompensateAsync();
        await Run<CreateAdminUser>(tenant, 1).CompensateAsync();
        await Run<CreateIdp>(tenant, 1).CompensateAsync();

        Assert.Equal(SystemProbe.AllObjects, before);
        Assert.Equal(before, await fixture.Systems.ObjectsOfAsync(tenant));
    }

    [Fact]
    public async Task A_late_try_of_an_earlier_attempt_changes_nothing()
    {
        var tenant = await fixture.GivenTenantAsync();
        await fixture.SetStateAsync(tenant, attempt: 2, "PROVISIONING");

        await AssertStaleAsync(Run<CreateIdp>(tenant, 1).ExecuteAsync);
        await AssertStaleAsync(Run<ProvisionDatabase>(tenant, 1).ExecuteAsync);
        await AssertStaleAsync(Run<ProvisionStorage>(tenant, 1).ExecuteAsync);

        Assert.Empty(await fixture.Systems.ObjectsOfAsync(tenant));
        await AssertUserIsStaleAsync(attempt: 2, "PROVISIONING");
    }

    [Fact]
    public async Task A_late_try_during_the_rollback_changes_nothing()
    {
        var tenant = await fixture.GivenTenantAsync();
        await fixture.SetStateAsync(tenant, attempt: 1, "ROLLING_BACK");

        await AssertStaleAsync(Run<CreateIdp>(tenant, 1).ExecuteAsync);
        await AssertStaleAsync(Run<ProvisionDatabase>(tenant, 1).ExecuteAsync);
        await AssertStaleAsync(Run<ProvisionStorage>(tenant, 1).ExecuteAsync);

        Assert.Empty(await fixture.Systems.ObjectsOfAsync(tenant));
        await AssertUserIsStaleAsync(attempt: 1, "ROLLING_BACK");
    }

    [Fact]
    public async Task The_next_attempt_takes_over_the_objects_of_an_earlier_one()
    {
        var tenant = await fixture.GivenTenantAsync();
        await fixture.SetStateAsync(tenant, attempt: 1, "PROVISIONING");
        await RunAllAsync(tenant, 1);

        await fixture.SetStateAsync(tenant, attempt: 2, "PROVISIONING");
        await RunAllAsync(tenant, 2);

        Assert.Equal(SystemProbe.AllObjects, await fixture.Systems.ObjectsOfAsync(tenant));
        var realm = await fixture.Systems.Keycloak.FindRealmAsync(
            tenant.Resources.Realm, TestContext.Current.CancellationToken);
        Assert.Equal(tenant.RealmId(2).ToString(), realm!.Id);
        Assert.Contains(
            "attempt=2", await fixture.Systems.RoleCommentAsync(tenant.Resources.Schema), StringComparison.Ordinal);
        Assert.Equal("2", (await fixture.Systems.BucketTagsAsync(tenant.Resources.Bucket))["arc-saas:attempt"]);
    }

    private async Task TwiceAsync<TStep>(string[] created, Func<TestTenant, Task>? before = null)
        where TStep : class, ICompensatedStep
    {
        var tenant = await fixture.GivenTenantAsync();
        await fixture.SetStateAsync(tenant, attempt: 1, "PROVISIONING");
        await (before?.Invoke(tenant) ?? Task.CompletedTask);
        string[] existing = await fixture.Systems.ObjectsOfAsync(tenant);
        var step = Run<TStep>(tenant, 1);

        await step.ExecuteAsync();
        await step.ExecuteAsync();

        Assert.Equal((string[])[.. existing, .. created], await fixture.Systems.ObjectsOfAsync(tenant));
        Assert.NotEqual(0, await step.FindResidueAsync());

        await fixture.SetStateAsync(tenant, attempt: 1, "ROLLING_BACK");
        await step.CompensateAsync();
        await step.CompensateAsync();

        Assert.Equal(existing, await fixture.Systems.ObjectsOfAsync(tenant));
        Assert.Equal(0, await step.FindResidueAsync());
        var untouched = await fixture.GivenTenantAsync();
        await fixture.SetStateAsync(untouched, attempt: 1, "ROLLING_BACK");
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
        where TStep : class, IPlainStep => new(fixture, tenant.Attempt(attempt));

    // A late try can create a user only while its attempt's realm exists.
    private async Task AssertUserIsStaleAsync(int attempt, string status)
    {
        var tenant = await fixture.GivenTenantAsync();
        await fixture.SetStateAsync(tenant, attempt: 1, "PROVISIONING");
        await ExecuteAsync<CreateIdp>(tenant);
        await fixture.SetStateAsync(tenant, attempt, status);

        await AssertStaleAsync(Run<CreateAdminUser>(tenant, 1).ExecuteAsync);

        Assert.Equal(["realm", "client"], await fixture.Systems.ObjectsOfAsync(tenant));
    }

    private static async Task AssertStaleAsync(Func<Task> execute)
    {
        var e = await Assert.ThrowsAsync<ControlPlaneException>(execute);
        Assert.Equal(ErrorCode.StaleAttempt, e.Code);
    }
}
