using ControlPlane;
using Microsoft.Extensions.DependencyInjection;
using Temporalio.Exceptions;
using Worker.Sweeps;
using Worker.Systems.Keycloak;
using Worker.Tests.Support;

namespace Worker.Tests.Sweeps;

/// <summary>
/// Things with our mark that no live attempt explains. Deleted is only what an attempt left that this database saw
/// rolled back; everything else is told, or is none of our business.
/// </summary>
public sealed class OrphanTests(ProvisioningWorld world) : IClassFixture<ProvisioningWorld>
{
    private static readonly Guid OtherInstallation = Guid.Parse("11111111-1111-4111-8111-111111111111");

    private static readonly string[] Everything = ["realm", "client", "schema", "role", "bucket"];

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_a_rolled_back_attempt_left_is_gone_after_the_grace()
    {
        var tenant = await world.GivenTenantAsync();
        await world.GivenAttemptAsync(tenant, 1, "ROLLED_BACK", minutesAgo: 11);
        await world.PlantAsync(tenant, tenant.MarkOf());

        await world.SweepAsync();

        Assert.Empty(await world.Systems.OfAsync(tenant));
        Assert.Empty(await world.OrphansAsync(tenant.Id));
    }

    [Fact]
    public async Task Within_the_grace_it_stays()
    {
        var tenant = await world.GivenTenantAsync();
        await world.GivenAttemptAsync(tenant, 1, "ROLLED_BACK", minutesAgo: 9);
        await world.PlantAsync(tenant, tenant.MarkOf());

        await world.SweepAsync();

        Assert.Equal(Everything, await world.Systems.OfAsync(tenant));
        Assert.Empty(await world.OrphansAsync(tenant.Id));
    }

    [Fact]
    public async Task What_is_marked_ours_without_a_row_is_told_and_stays_until_an_operator_says_so()
    {
        var tenant = Sweeping.Stranger();
        await world.PlantAsync(tenant, tenant.MarkOf());

        await world.SweepAsync();
        await world.SweepAsync();
        var listed = await world.OrphansAsync(tenant.Id);

        Assert.Equal(Everything, await world.Systems.OfAsync(tenant));
        Assert.Equal(
            [
                ("database_schema", tenant.Resources.Schema),
                ("keycloak_realm", tenant.Resources.Realm),
                ("storage_bucket", tenant.Resources.Bucket),
            ],
            listed.Select(orphan => (orphan.Type, orphan.Name)));
        Assert.Contains(
            $"Critical ORPHAN keycloak_realm {tenant.Resources.Realm}: ", world.Logs.Text, StringComparison.Ordinal);

        foreach (var orphan in listed)
        {
            Assert.True(await Sweep().DeleteOnOperatorRequestAsync(orphan, CancellationToken));
        }

        Assert.Empty(await world.Systems.OfAsync(tenant));
        Assert.Empty(await world.OrphansAsync(tenant.Id));
        Assert.False(await Sweep().DeleteOnOperatorRequestAsync(listed[0], CancellationToken));
    }

    [Fact]
    public async Task An_attempt_that_the_database_does_not_know_of_a_tenant_that_it_knows_is_an_orphan_too()
    {
        var tenant = await world.GivenTenantAsync();
        await world.GivenAttemptAsync(tenant, 1, "ROLLED_BACK");
        await world.PlantAsync(tenant, tenant.MarkOf(attempt: 2));

        await world.SweepAsync();

        Assert.Equal(Everything, await world.Systems.OfAsync(tenant));
        Assert.Equal([2, 2, 2], (await world.OrphansAsync(tenant.Id)).Select(orphan => orphan.Attempt));
    }

    [Fact]
    public async Task An_orphan_whose_attempt_is_known_by_now_is_not_deleted_on_an_old_list()
    {
        var tenant = await world.GivenTenantAsync();
        await world.PlantRealmAsync(tenant, tenant.MarkOf());
        await world.SweepAsync();
        var orphan = Assert.Single(await world.OrphansAsync(tenant.Id));
        await world.GivenAttemptAsync(tenant, 1, "SUCCEEDED");

        var refused = await Assert.ThrowsAsync<ControlPlaneException>(
            () => Sweep().DeleteOnOperatorRequestAsync(orphan, CancellationToken));

        Assert.Equal(ErrorCode.WrongState, refused.Code);
        Assert.True(await world.Systems.RealmExistsAsync(tenant.Resources.Realm));
    }

    [Fact]
    public async Task What_is_of_another_installation_is_never_touched_nor_told()
    {
        var tenant = await world.GivenTenantAsync();
        await world.GivenAttemptAsync(tenant, 1, "ROLLED_BACK");
        await world.PlantAsync(tenant, tenant.MarkOf() with { Installation = OtherInstallation });
        await world.GivenTableAsync(tenant);
        string before = await world.PictureAsync(tenant.Resources);

        await world.SweepAsync();

        Assert.Equal(before, await world.PictureAsync(tenant.Resources));
        Assert.Equal(Everything, await world.Systems.OfAsync(tenant));
        Assert.Empty(await world.OrphansAsync(tenant.Id));
    }

    [Fact]
    public async Task What_is_unmarked_is_never_touched_nor_told()
    {
        var tenant = await world.GivenTenantAsync();
        await world.GivenAttemptAsync(tenant, 1, "ROLLED_BACK");
        await world.Systems.Keycloak.CreateRealmAsync(
            new RealmRepresentation { Realm = tenant.Resources.Realm, Enabled = true }, CancellationToken);
        await world.Postgres.ExecuteAsync($"CREATE SCHEMA \"{tenant.Resources.Schema}\"");
        await world.Systems.S3.PutBucketAsync(tenant.Resources.Bucket, CancellationToken);
        await world.Systems.FillAsync(tenant.Resources.Bucket);
        await world.GivenTableAsync(tenant);
        string before = await world.PictureAsync(tenant.Resources);

        await world.SweepAsync();

        Assert.Equal(before, await world.PictureAsync(tenant.Resources));
        Assert.Equal(["realm", "schema", "bucket"], await world.Systems.OfAsync(tenant));
        Assert.Empty(await world.OrphansAsync(tenant.Id));
    }

    [Fact]
    public async Task What_a_live_tenant_has_is_explained()
    {
        var tenant = await world.GivenTenantAsync();
        await (await world.StartAsync(tenant)).GetResultAsync();
        string[] before = await world.Systems.OfAsync(tenant);

        await world.SweepAsync();

        Assert.Equal(before, await world.Systems.OfAsync(tenant));
        Assert.Empty(await world.OrphansAsync(tenant.Id));
    }

    [Fact]
    public async Task While_a_tenant_is_provisioned_again_the_attempt_before_is_left_to_it()
    {
        var tenant = await world.GivenLeftOverAsync();
        await world.SetAsync(tenant, 2, "PROVISIONING");

        await world.SweepAsync();
        Assert.Equal(Everything, await world.Systems.OfAsync(tenant));
        await world.GivenAttemptAsync(tenant, 2, "ROLLED_BACK");
        await world.SweepAsync();

        Assert.Empty(await world.Systems.OfAsync(tenant));
    }

    [Fact]
    public async Task A_realm_renamed_by_its_own_administrator_is_found_and_one_without_attributes_too()
    {
        var tenant = await world.GivenTenantAsync();
        await world.GivenAttemptAsync(tenant, 1, "ROLLED_BACK");
        await world.PlantRealmAsync(tenant, tenant.MarkOf());
        string hidden = $"hidden-{tenant.Key}";
        await world.ChangeRealmAsync(
            tenant.Resources.Realm,
            new RealmRepresentation { Realm = hidden, Attributes = new Dictionary<string, string>() });

        await world.SweepAsync();

        Assert.False(await world.Systems.RealmExistsAsync(hidden));
    }

    [Fact]
    public async Task A_realm_renamed_to_a_victims_name_harms_nobody()
    {
        var (live, victim) = (await world.GivenTenantAsync(), await world.GivenTenantAsync());
        await (await world.StartAsync(live)).GetResultAsync();
        await world.GivenAttemptAsync(victim, 1, "ROLLED_BACK");
        await world.ChangeRealmAsync(live.Resources.Realm, new RealmRepresentation
        {
            Realm = victim.Resources.Realm,
            Attributes = victim.MarkOf().Tags,
        });

        await world.SweepAsync();

        Assert.Equal(
            live.RealmId(1).ToString("D"),
            (await world.Systems.Keycloak.FindRealmAsync(victim.Resources.Realm, CancellationToken))!.Id);
        Assert.Empty(await world.OrphansAsync(victim.Id));
        await world.ChangeRealmAsync(
            victim.Resources.Realm, new RealmRepresentation { Realm = live.Resources.Realm });
    }

    [Fact]
    public async Task An_orphan_under_a_victims_name_is_deleted_and_leaves_the_victims_own_alone()
    {
        var (orphan, victim) = (await world.GivenTenantAsync(), await world.GivenTenantAsync());
        await world.GivenAttemptAsync(orphan, 1, "ROLLED_BACK");
        await world.PlantRealmAsync(orphan, orphan.MarkOf());
        await world.ChangeRealmAsync(
            orphan.Resources.Realm, new RealmRepresentation { Realm = victim.Resources.Realm });

        await world.SweepAsync();

        Assert.False(await world.Systems.RealmExistsAsync(victim.Resources.Realm));
        await (await world.StartAsync(victim)).GetResultAsync();
        Assert.Equal("ACTIVE", await world.StatusAsync(victim));
    }

    [Fact]
    public async Task One_sweep_deletes_no_more_than_it_may_and_says_that_there_is_more()
    {
        await using var limited = await world.ChangeSettingsAsync(("SWEEP_MOST_DELETIONS", "1"));
        var tenants = new[] { await world.GivenTenantAsync(), await world.GivenTenantAsync() };
        foreach (var tenant in tenants)
        {
            await world.GivenAttemptAsync(tenant, 1, "ROLLED_BACK");
            await world.PlantRealmAsync(tenant, tenant.MarkOf());
        }

        await world.SweepAsync();
        Assert.Single(tenants, tenant => world.Systems.RealmExistsAsync(tenant.Resources.Realm).Result);
        Assert.Contains("Critical SWEEP_LIMIT keycloak_realm: 1 more", world.Logs.Text, StringComparison.Ordinal);
        await world.SweepAsync();

        Assert.All(tenants, tenant => Assert.False(world.Systems.RealmExistsAsync(tenant.Resources.Realm).Result));
    }

    [Fact]
    public async Task A_system_that_is_away_keeps_no_other_from_being_swept_and_the_sweep_says_so()
    {
        var tenant = await world.GivenLeftOverAsync();
        WorkflowFailedException failed;
        await using (await world.Control.FaultAsync(tenant.BucketRefusal))
        {
            var sweep = await world.StartSweepAsync();
            failed = await Assert.ThrowsAsync<WorkflowFailedException>(() => sweep.GetResultAsync());
        }

        Assert.Equal("Not swept: storage_bucket", failed.InnerException!.Message);
        Assert.Contains(world.Logs.Lines, line =>
            line.StartsWith("Error SWEEP_FAILED storage_bucket: refused, S3 answered 403", StringComparison.Ordinal));
        Assert.Equal(["bucket"], await world.Systems.OfAsync(tenant));
        await world.SweepAsync();
        Assert.Empty(await world.Systems.OfAsync(tenant));
    }

    [Fact]
    public async Task Two_sweeps_at_once_do_no_more_than_one()
    {
        var (left, stranger) = (await world.GivenLeftOverAsync(), Sweeping.Stranger());
        await world.PlantAsync(stranger, stranger.MarkOf());

        await Task.WhenAll(world.SweepAsync(), world.SweepAsync());

        Assert.Empty(await world.Systems.OfAsync(left));
        Assert.Equal(Everything, await world.Systems.OfAsync(stranger));
        Assert.Equal(3, (await world.OrphansAsync(stranger.Id)).Count);
    }

    [Fact]
    public async Task An_orphan_that_is_gone_is_no_longer_listed()
    {
        var tenant = Sweeping.Stranger();
        await world.PlantRealmAsync(tenant, tenant.MarkOf());
        await world.SweepAsync();
        Assert.Single(await world.OrphansAsync(tenant.Id));
        await world.Systems.Keycloak.DeleteRealmAsync(tenant.Resources.Realm, CancellationToken);

        await world.SweepAsync();

        Assert.Empty(await world.OrphansAsync(tenant.Id));
    }

    private OrphanSweeper Sweep() => world.Services.GetRequiredService<OrphanSweeper>();
}
