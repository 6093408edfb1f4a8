using ControlPlane;
using Microsoft.Extensions.DependencyInjection;
using Temporalio.Exceptions;
using Worker.Sweeps;
using Worker.Systems.Keycloak;
using Worker.Tests.Support;

namespace Worker.Tests.Sweeps;

/// <summary>
/// Objects with our mark that belong to no live attempt. The sweep deletes only the residue of attempts that this
/// database saw rolled back; other marked objects are reported, and foreign ones are ignored.
/// </summary>
public sealed class OrphanTests(ProvisioningFixture fixture) : IClassFixture<ProvisioningFixture>
{
    private static readonly Guid OtherInstallation = Guid.Parse("11111111-1111-4111-8111-111111111111");

    private static readonly string[] MarkedObjects = ["realm", "client", "schema", "role", "bucket"];

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Residue_of_a_rolled_back_attempt_is_deleted_after_the_grace_period()
    {
        var tenant = await fixture.GivenTenantAsync();
        await fixture.GivenAttemptAsync(tenant, 1, "ROLLED_BACK", minutesAgo: 11);
        await fixture.CreateObjectsAsync(tenant, tenant.MarkOf());

        await fixture.SweepAsync();

        Assert.Empty(await fixture.Systems.ObjectsOfAsync(tenant));
        Assert.Empty(await fixture.OrphansAsync(tenant.Id));
    }

    [Fact]
    public async Task Residue_stays_within_the_grace_period()
    {
        var tenant = await fixture.GivenTenantAsync();
        await fixture.GivenAttemptAsync(tenant, 1, "ROLLED_BACK", minutesAgo: 9);
        await fixture.CreateObjectsAsync(tenant, tenant.MarkOf());

        await fixture.SweepAsync();

        Assert.Equal(MarkedObjects, await fixture.Systems.ObjectsOfAsync(tenant));
        Assert.Empty(await fixture.OrphansAsync(tenant.Id));
    }

    [Fact]
    public async Task Marked_objects_without_a_row_are_reported_and_stay_until_an_operator_deletes_them()
    {
        var tenant = SweepExtensions.UnknownTenant();
        await fixture.CreateObjectsAsync(tenant, tenant.MarkOf());

        await fixture.SweepAsync();
        await fixture.SweepAsync();
        var listed = await fixture.OrphansAsync(tenant.Id);

        Assert.Equal(MarkedObjects, await fixture.Systems.ObjectsOfAsync(tenant));
        Assert.Equal(
            [
                ("database_schema", tenant.Resources.Schema),
                ("keycloak_realm", tenant.Resources.Realm),
                ("storage_bucket", tenant.Resources.Bucket),
            ],
            listed.Select(orphan => (orphan.Type, orphan.Name)));
        Assert.Contains(
            $"Critical ORPHAN keycloak_realm {tenant.Resources.Realm}: ", fixture.Logs.Text, StringComparison.Ordinal);

        foreach (var orphan in listed)
        {
            Assert.True(await Sweeper().DeleteOnOperatorRequestAsync(orphan, CancellationToken));
        }

        Assert.Empty(await fixture.Systems.ObjectsOfAsync(tenant));
        Assert.Empty(await fixture.OrphansAsync(tenant.Id));
        Assert.False(await Sweeper().DeleteOnOperatorRequestAsync(listed[0], CancellationToken));
    }

    [Fact]
    public async Task Objects_of_an_unknown_attempt_of_a_known_tenant_are_orphans()
    {
        var tenant = await fixture.GivenTenantAsync();
        await fixture.GivenAttemptAsync(tenant, 1, "ROLLED_BACK");
        await fixture.CreateObjectsAsync(tenant, tenant.MarkOf(attempt: 2));

        await fixture.SweepAsync();

        Assert.Equal(MarkedObjects, await fixture.Systems.ObjectsOfAsync(tenant));
        Assert.Equal([2, 2, 2], (await fixture.OrphansAsync(tenant.Id)).Select(orphan => orphan.Attempt));
    }

    [Fact]
    public async Task An_orphan_whose_attempt_has_become_known_is_not_deleted()
    {
        var tenant = await fixture.GivenTenantAsync();
        await fixture.CreateRealmAsync(tenant, tenant.MarkOf());
        await fixture.SweepAsync();
        var orphan = Assert.Single(await fixture.OrphansAsync(tenant.Id));
        await fixture.GivenAttemptAsync(tenant, 1, "SUCCEEDED");

        var refused = await Assert.ThrowsAsync<ControlPlaneException>(
            () => Sweeper().DeleteOnOperatorRequestAsync(orphan, CancellationToken));

        Assert.Equal(ErrorCode.WrongState, refused.Code);
        Assert.True(await fixture.Systems.RealmExistsAsync(tenant.Resources.Realm));
    }

    [Fact]
    public async Task Objects_of_another_installation_are_neither_touched_nor_reported()
    {
        var tenant = await fixture.GivenTenantAsync();
        await fixture.GivenAttemptAsync(tenant, 1, "ROLLED_BACK");
        await fixture.CreateObjectsAsync(tenant, tenant.MarkOf() with { Installation = OtherInstallation });
        await fixture.GivenTableAsync(tenant);
        string before = await fixture.SnapshotAsync(tenant.Resources);

        await fixture.SweepAsync();

        Assert.Equal(before, await fixture.SnapshotAsync(tenant.Resources));
        Assert.Equal(MarkedObjects, await fixture.Systems.ObjectsOfAsync(tenant));
        Assert.Empty(await fixture.OrphansAsync(tenant.Id));
    }

    [Fact]
    public async Task Unmarked_objects_are_neither_touched_nor_reported()
    {
        var tenant = await fixture.GivenTenantAsync();
        await fixture.GivenAttemptAsync(tenant, 1, "ROLLED_BACK");
        await fixture.Systems.Keycloak.CreateRealmAsync(
            new RealmRepresentation { Realm = tenant.Resources.Realm, Enabled = true }, CancellationToken);
        await fixture.Postgres.ExecuteAsync($"CREATE SCHEMA \"{tenant.Resources.Schema}\"");
        await fixture.Systems.S3.PutBucketAsync(tenant.Resources.Bucket, CancellationToken);
        await fixture.Systems.FillAsync(tenant.Resources.Bucket);
        await fixture.GivenTableAsync(tenant);
        string before = await fixture.SnapshotAsync(tenant.Resources);

        await fixture.SweepAsync();

        Assert.Equal(before, await fixture.SnapshotAsync(tenant.Resources));
        Assert.Equal(["realm", "schema", "bucket"], await fixture.Systems.ObjectsOfAsync(tenant));
        Assert.Empty(await fixture.OrphansAsync(tenant.Id));
    }

    [Fact]
    public async Task Objects_of_a_live_tenant_are_no_orphans()
    {
        var tenant = await fixture.GivenTenantAsync();
        await (await fixture.StartAsync(tenant)).GetResultAsync();
        string[] before = await fixture.Systems.ObjectsOfAsync(tenant);

        await fixture.SweepAsync();

        Assert.Equal(before, await fixture.Systems.ObjectsOfAsync(tenant));
        Assert.Empty(await fixture.OrphansAsync(tenant.Id));
    }

    [Fact]
    public async Task Residue_of_an_earlier_attempt_is_left_to_a_running_one()
    {
        var tenant = await fixture.GivenLeftOverAsync();
        await fixture.SetStateAsync(tenant, 2, "PROVISIONING");

        await fixture.SweepAsync();
        Assert.Equal(MarkedObjects, await fixture.Systems.ObjectsOfAsync(tenant));
        await fixture.GivenAttemptAsync(tenant, 2, "ROLLED_BACK");
        await fixture.SweepAsync();

        Assert.Empty(await fixture.Systems.ObjectsOfAsync(tenant));
    }

    [Fact]
    public async Task A_realm_that_its_administrator_renamed_and_stripped_of_attributes_is_found()
    {
        var tenant = await fixture.GivenTenantAsync();
        await fixture.GivenAttemptAsync(tenant, 1, "ROLLED_BACK");
        await fixture.CreateRealmAsync(tenant, tenant.MarkOf());
        string hidden = $"hidden-{tenant.Key}";
        await fixture.ChangeRealmAsync(
            tenant.Resources.Realm,
            new RealmRepresentation { Realm = hidden, Attributes = new Dictionary<string, string>() });

        await fixture.SweepAsync();

        Assert.False(await fixture.Systems.RealmExistsAsync(hidden));
    }

    [Fact]
    public async Task A_realm_renamed_to_another_tenants_name_harms_neither()
    {
        var (live, victim) = (await fixture.GivenTenantAsync(), await fixture.GivenTenantAsync());
        await (await fixture.StartAsync(live)).GetResultAsync();
        await fixture.GivenAttemptAsync(victim, 1, "ROLLED_BACK");
        await fixture.ChangeRealmAsync(live.Resources.Realm, new RealmRepresentation
        {
            Realm = victim.Resources.Realm,
            Attributes = victim.MarkOf().Tags,
        });

        await fixture.SweepAsync();

        Assert.Equal(
            live.RealmId(1).ToString("D"),
            (await fixture.Systems.Keycloak.FindRealmAsync(victim.Resources.Realm, CancellationToken))!.Id);
        Assert.Empty(await fixture.OrphansAsync(victim.Id));
        await fixture.ChangeRealmAsync(
            victim.Resources.Realm, new RealmRepresentation { Realm = live.Resources.Realm });
    }

    [Fact]
    public async Task An_orphan_under_another_tenants_name_is_deleted_and_that_tenant_is_unharmed()
    {
        var (orphan, victim) = (await fixture.GivenTenantAsync(), await fixture.GivenTenantAsync());
        await fixture.GivenAttemptAsync(orphan, 1, "ROLLED_BACK");
        await fixture.CreateRealmAsync(orphan, orphan.MarkOf());
        await fixture.ChangeRealmAsync(
            orphan.Resources.Realm, new RealmRepresentation { Realm = victim.Resources.Realm });

        await fixture.SweepAsync();

        Assert.False(await fixture.Systems.RealmExistsAsync(victim.Resources.Realm));
        await (await fixture.StartAsync(victim)).GetResultAsync();
        Assert.Equal("ACTIVE", await fixture.StatusAsync(victim));
    }

    [Fact]
    public async Task A_sweep_deletes_at_most_its_limit_and_reports_that_there_is_more()
    {
        await using var limited = await fixture.ChangeSettingsAsync(("SWEEP_MOST_DELETIONS", "1"));
        var tenants = new[] { await fixture.GivenTenantAsync(), await fixture.GivenTenantAsync() };
        foreach (var tenant in tenants)
        {
            await fixture.GivenAttemptAsync(tenant, 1, "ROLLED_BACK");
            await fixture.CreateRealmAsync(tenant, tenant.MarkOf());
        }

        await fixture.SweepAsync();
        Assert.Single(tenants, tenant => fixture.Systems.RealmExistsAsync(tenant.Resources.Realm).Result);
        Assert.Contains("Critical SWEEP_LIMIT keycloak_realm: 1 over", fixture.Logs.Text, StringComparison.Ordinal);
        await fixture.SweepAsync();

        Assert.All(tenants, tenant => Assert.False(fixture.Systems.RealmExistsAsync(tenant.Resources.Realm).Result));
    }

    [Fact]
    public async Task The_other_systems_are_swept_when_one_fails_and_the_failure_is_reported()
    {
        var tenant = await fixture.GivenLeftOverAsync();
        WorkflowFailedException failed;
        await using (await fixture.Control.SetFaultAsync(tenant.BucketRefusal))
        {
            var sweep = await fixture.StartSweepAsync();
            failed = await Assert.ThrowsAsync<WorkflowFailedException>(() => sweep.GetResultAsync());
        }

        Assert.Equal("Not swept: storage_bucket", failed.InnerException!.Message);
        Assert.Contains(fixture.Logs.Lines, line =>
            line.StartsWith("Error SWEEP_FAILED storage_bucket: refused, S3 answered 400", StringComparison.Ordinal));
        Assert.Equal(["bucket"], await fixture.Systems.ObjectsOfAsync(tenant));
        await fixture.SweepAsync();
        Assert.Empty(await fixture.Systems.ObjectsOfAsync(tenant));
    }

    [Fact]
    public async Task Concurrent_sweeps_have_the_effect_of_one()
    {
        var (left, unknown) = (await fixture.GivenLeftOverAsync(), SweepExtensions.UnknownTenant());
        await fixture.CreateObjectsAsync(unknown, unknown.MarkOf());

        await Task.WhenAll(fixture.SweepAsync(), fixture.SweepAsync());

        Assert.Empty(await fixture.Systems.ObjectsOfAsync(left));
        Assert.Equal(MarkedObjects, await fixture.Systems.ObjectsOfAsync(unknown));
        Assert.Equal(3, (await fixture.OrphansAsync(unknown.Id)).Count);
    }

    [Fact]
    public async Task A_deleted_orphan_is_no_longer_listed()
    {
        var tenant = SweepExtensions.UnknownTenant();
        await fixture.CreateRealmAsync(tenant, tenant.MarkOf());
        await fixture.SweepAsync();
        Assert.Single(await fixture.OrphansAsync(tenant.Id));
        await fixture.Systems.Keycloak.DeleteRealmAsync(tenant.Resources.Realm, CancellationToken);

        await fixture.SweepAsync();

        Assert.Empty(await fixture.OrphansAsync(tenant.Id));
    }

    private OrphanSweeper Sweeper() => fixture.Services.GetRequiredService<OrphanSweeper>();
}
