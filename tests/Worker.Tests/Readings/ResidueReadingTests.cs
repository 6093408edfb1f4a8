using ControlPlane.Readings;
using Microsoft.Extensions.DependencyInjection;
using Sandbox.Control;
using Testing;
using Worker.Systems;
using Worker.Systems.Keycloak;
using Worker.Tests.Support;

namespace Worker.Tests.Readings;

/// <summary>GET /tenants/{id}/residue: what exists of a tenant right now, from the systems, and whose it is.</summary>
public sealed class ResidueReadingTests(ProvisioningWorld world) : IClassFixture<ProvisioningWorld>
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_a_live_tenant_has_is_live_and_no_residue()
    {
        var tenant = await world.GivenTenantAsync();
        await (await world.StartAsync(tenant)).GetResultAsync();
        await world.Systems.FillAsync(tenant.Resources.Bucket);

        var residue = await ReadAsync(tenant);

        Assert.True(residue.IsClean);
        Assert.Equal(
        [
            $"keycloak_admin_user {tenant.Email} LIVE 1",
            $"keycloak_client {tenant.Resources.Client} LIVE 1",
            $"keycloak_realm {tenant.Resources.Realm} LIVE 1",
            $"database_role {tenant.Resources.Schema} LIVE 1",
            $"database_schema {tenant.Resources.Schema} LIVE 1",
            $"storage_bucket {tenant.Resources.Bucket} LIVE 1",
        ], Found(residue));
        Assert.Equal("3 object versions", Of(residue, TenantSystems.S3).Found.Single().Detail);
        Assert.Equal(
            [
                "keycloak READ", "postgresql READ", "s3 READ", "infrastructure NOT_BUILT", "deployment NOT_BUILT",
                "dns NOT_BUILT",
            ],
            residue.Systems.Select(system => $"{system.System} {system.State}"));
    }

    [Fact]
    public async Task After_a_clean_rollback_nothing_is_there_and_the_time_of_the_last_reading_is_known()
    {
        var tenant = await world.GivenTenantAsync();
        await world.FailAfterAllStepsAsync(tenant);

        var residue = await ReadAsync(tenant);

        Assert.True(residue.IsClean);
        Assert.Empty(Found(residue));
        Assert.NotNull(residue.Attempt!.ResidueReadAt);
        Assert.Empty(residue.Left);
    }

    [Fact]
    public async Task What_could_not_be_deleted_is_left_over_by_name_and_by_attempt()
    {
        var tenant = await world.GivenTenantAsync();
        await using (await world.RefuseDeletingAsync(tenant))
        {
            await world.FailAfterAllStepsAsync(tenant);
        }

        var residue = await ReadAsync(tenant);

        Assert.False(residue.IsClean);
        Assert.Equal([$"storage_bucket {tenant.Resources.Bucket} LEFT_OVER 1"], Found(residue));
        Assert.Equal(tenant.Resources.Bucket, residue.Left.Single().Name);
    }

    [Fact]
    public async Task A_bucket_whose_creation_was_answered_to_nobody_is_ours_without_its_tags()
    {
        var tenant = await world.GivenTenantAsync();
        await using var deleting = await world.RefuseDeletingAsync(tenant);
        await using var tagging = await world.Control.FaultAsync(
            tenant.BucketRefusal with { Method = "PUT", Query = "tagging*" });
        await world.FailAsync(tenant);

        Assert.Equal([$"storage_bucket {tenant.Resources.Bucket} LEFT_OVER 1"], Found(await ReadAsync(tenant)));
    }

    [Fact]
    public async Task What_has_our_name_and_is_not_ours_is_foreign_and_no_residue()
    {
        var tenant = await world.GivenTenantAsync();
        var theirs = new OwnershipMark(Guid.Parse("11111111-1111-4111-8111-111111111111"), tenant.Id, 1);
        await world.Schemas.EnsureAsync(tenant.Resources.Schema, theirs, () => Task.CompletedTask, CancellationToken);
        await world.Systems.S3.PutBucketAsync(tenant.Resources.Bucket, CancellationToken);
        await world.Systems.Keycloak.CreateRealmAsync(
            new RealmRepresentation { Realm = tenant.Resources.Realm, Enabled = true }, CancellationToken);

        var residue = await ReadAsync(tenant);

        Assert.True(residue.IsClean);
        Assert.Equal(
        [
            $"keycloak_realm {tenant.Resources.Realm} FOREIGN ",
            $"database_role {tenant.Resources.Schema} FOREIGN ",
            $"database_schema {tenant.Resources.Schema} FOREIGN ",
            $"storage_bucket {tenant.Resources.Bucket} FOREIGN ",
        ], Found(residue));
        Assert.Contains(
            "installation 11111111", Of(residue, TenantSystems.Postgres).Found[0].Detail, StringComparison.Ordinal);
        Assert.Equal("It carries no mark.", Of(residue, TenantSystems.S3).Found.Single().Detail);
    }

    [Fact]
    public async Task A_realm_that_its_own_administrator_renamed_is_found()
    {
        var tenant = await world.GivenTenantAsync();
        await (await world.StartAsync(tenant)).GetResultAsync();
        string renamed = $"{tenant.Resources.Realm}-renamed";
        await world.Services.GetRequiredService<IKeycloakApi>().UpdateRealmAsync(
            tenant.Resources.Realm, new RealmRepresentation { Realm = renamed }, CancellationToken);

        var realm = Of(await ReadAsync(tenant), TenantSystems.Keycloak).Found.Single(f => f.Type == "keycloak_realm");

        Assert.Equal((renamed, 1), (realm.Name, realm.Attempt));
        Assert.EndsWith($"renamed from {tenant.Resources.Realm}", realm.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_system_that_is_down_is_said_to_be_and_the_others_are_read()
    {
        var tenant = await world.GivenTenantAsync();
        await (await world.StartAsync(tenant)).GetResultAsync();
        await using var down = await world.Control.FaultAsync(new FaultRule
        {
            System = "s3",
            Path = $"/{tenant.Resources.Bucket}*",
            Count = 0,
        });

        var residue = await ReadAsync(tenant);

        Assert.False(residue.IsClean);
        var s3 = Of(residue, TenantSystems.S3);
        Assert.Equal((SystemReading.Unreadable, 0), (s3.State, s3.Found.Count));
        Assert.StartsWith("S3 answered 503", s3.Problem, StringComparison.Ordinal);
        Assert.Equal(3, Of(residue, TenantSystems.Keycloak).Found.Count);
    }

    [Fact]
    public async Task A_system_that_was_switched_off_with_something_in_it_is_not_clean()
    {
        var tenant = await world.GivenTenantAsync();
        await (await world.StartAsync(tenant)).GetResultAsync();
        var other = await world.GivenTenantAsync();
        await using var off = await world.ChangeSettingsAsync(("S3_ENDPOINT", null));

        var s3 = Of(await ReadAsync(tenant), TenantSystems.S3);
        var nothing = Of(await ReadAsync(other), TenantSystems.S3);

        Assert.Equal(SystemReading.NotConfigured, s3.State);
        Assert.Contains(tenant.Resources.Bucket, s3.Problem!, StringComparison.Ordinal);
        Assert.Null(nothing.Problem);
    }

    [Fact]
    public async Task Names_stay_out_of_the_history()
    {
        var tenant = await world.GivenTenantAsync();
        await (await world.StartAsync(tenant)).GetResultAsync();
        await ReadAsync(tenant);

        var history = (await HistoryText.ReadAllAsync(world.Temporal))
            .Single(run => run.WorkflowId == IReadResidueWorkflow.WorkflowId(tenant.Id));

        Assert.Contains(tenant.Id.ToString(), history.Decrypted, StringComparison.Ordinal);
        Assert.DoesNotContain(tenant.Email, history.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(tenant.Key, history.Text, StringComparison.Ordinal);
    }

    private Task<TenantResidue> ReadAsync(TestTenant tenant) =>
        world.Services.GetRequiredService<GetResidue>().ExecuteAsync(tenant.Id, CancellationToken);

    private static SystemReading Of(TenantResidue residue, string system) =>
        residue.Systems.Single(reading => reading.System == system);

    private static List<string> Found(TenantResidue residue) =>
        [.. residue.Systems.SelectMany(system => system.Found).Select(f =>
            $"{f.Type} {f.Name} {f.StateFor(residue.Tenant)} {f.Attempt}")];
}
