using ControlPlane.Readings;
using Microsoft.Extensions.DependencyInjection;
using Sandbox.Control;
using Testing;
using Worker.Systems;
using Worker.Systems.Keycloak;
using Worker.Tests.Support;

namespace Worker.Tests.Readings;

/// <summary>GET /tenants/{id}/residue: the tenant's objects in the outside systems now, and their owners.</summary>
public sealed class ResidueReadingTests(ProvisioningFixture fixture) : IClassFixture<ProvisioningFixture>
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Objects_of_a_live_tenant_are_live_and_no_residue()
    {
        var tenant = await fixture.GivenTenantAsync();
        await (await fixture.StartAsync(tenant)).GetResultAsync();
        await fixture.Systems.FillAsync(tenant.Resources.Bucket);

        var residue = await fixture.ReadResidueAsync(tenant);

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
        Assert.Equal("3 object versions", Of(residue, "s3").Found.Single().Detail);
        Assert.Equal(
            [
                "keycloak READ", "postgresql READ", "s3 READ", "secrets NOT_CONFIGURED",
                "infrastructure NOT_CONFIGURED", "deployment NOT_BUILT", "dns NOT_BUILT",
            ],
            residue.Systems.Select(system => $"{system.System} {system.State}"));
    }

    [Fact]
    public async Task After_a_clean_rollback_nothing_is_found_and_the_last_reading_has_a_time()
    {
        var tenant = await fixture.GivenTenantAsync();
        await fixture.FailAfterAllStepsAsync(tenant);

        var residue = await fixture.ReadResidueAsync(tenant);

        Assert.True(residue.IsClean);
        Assert.Empty(Found(residue));
        Assert.NotNull(residue.Attempt!.ResidueReadAt);
        Assert.Empty(residue.Left);
    }

    [Fact]
    public async Task An_object_that_could_not_be_deleted_is_left_over_with_name_and_attempt()
    {
        var tenant = await fixture.GivenTenantAsync();
        await using (await fixture.RefuseDeletingAsync(tenant))
        {
            await fixture.FailAfterAllStepsAsync(tenant);
        }

        var residue = await fixture.ReadResidueAsync(tenant);

        Assert.False(residue.IsClean);
        Assert.Equal([$"storage_bucket {tenant.Resources.Bucket} LEFT_OVER 1"], Found(residue));
        Assert.Equal(tenant.Resources.Bucket, residue.Left.Single().Name);
    }

    [Fact]
    public async Task A_bucket_that_could_not_be_tagged_is_ours()
    {
        var tenant = await fixture.GivenTenantAsync();
        await using var deleting = await fixture.RefuseDeletingAsync(tenant);
        await using var tagging = await fixture.Control.SetFaultAsync(
            tenant.BucketRefusal with { Method = "PUT", Query = "tagging*" });
        await fixture.FailAsync(tenant);

        var residue = await fixture.ReadResidueAsync(tenant);

        Assert.Equal([$"storage_bucket {tenant.Resources.Bucket} LEFT_OVER 1"], Found(residue));
    }

    [Fact]
    public async Task Objects_with_our_name_and_a_foreign_mark_or_none_are_foreign_and_no_residue()
    {
        var tenant = await fixture.GivenTenantAsync();
        var theirs = new OwnershipMark(Guid.Parse("11111111-1111-4111-8111-111111111111"), tenant.Id, 1);
        await fixture.Schemas.EnsureAsync(tenant.Resources.Schema, theirs, () => Task.CompletedTask, CancellationToken);
        await fixture.Systems.S3.PutBucketAsync(tenant.Resources.Bucket, CancellationToken);
        await fixture.Systems.Keycloak.CreateRealmAsync(
            new RealmRepresentation { Realm = tenant.Resources.Realm, Enabled = true }, CancellationToken);

        var residue = await fixture.ReadResidueAsync(tenant);

        Assert.True(residue.IsClean);
        Assert.Equal(
        [
            $"keycloak_realm {tenant.Resources.Realm} FOREIGN ",
            $"database_role {tenant.Resources.Schema} FOREIGN ",
            $"database_schema {tenant.Resources.Schema} FOREIGN ",
            $"storage_bucket {tenant.Resources.Bucket} FOREIGN ",
        ], Found(residue));
        Assert.Contains(
            "installation 11111111", Of(residue, "postgresql").Found[0].Detail, StringComparison.Ordinal);
        Assert.Equal("It carries no mark.", Of(residue, "s3").Found.Single().Detail);
    }

    [Fact]
    public async Task A_realm_renamed_by_its_administrator_is_found()
    {
        var tenant = await fixture.GivenTenantAsync();
        await (await fixture.StartAsync(tenant)).GetResultAsync();
        string renamed = $"{tenant.Resources.Realm}-renamed";
        await fixture.Services.GetRequiredService<IKeycloakApi>().UpdateRealmAsync(
            tenant.Resources.Realm, new RealmRepresentation { Realm = renamed }, CancellationToken);

        var residue = await fixture.ReadResidueAsync(tenant);

        var realm = Of(residue, "keycloak").Found.Single(f => f.Type == "keycloak_realm");

        Assert.Equal((renamed, 1), (realm.Name, realm.Attempt));
        Assert.EndsWith($"renamed from {tenant.Resources.Realm}", realm.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_system_that_is_down_is_unreadable_and_the_others_are_read()
    {
        var tenant = await fixture.GivenTenantAsync();
        await (await fixture.StartAsync(tenant)).GetResultAsync();
        await using var down = await fixture.Control.SetFaultAsync(new FaultRule
        {
            System = "s3",
            Path = $"/{tenant.Resources.Bucket}*",
            Count = 0,
        });

        var residue = await fixture.ReadResidueAsync(tenant);

        Assert.False(residue.IsClean);
        var s3 = Of(residue, "s3");
        Assert.Equal((SystemReading.Unreadable, 0), (s3.State, s3.Found.Count));
        Assert.StartsWith("S3 answered 503", s3.Problem, StringComparison.Ordinal);
        Assert.Equal(3, Of(residue, "keycloak").Found.Count);
    }

    [Fact]
    public async Task A_disabled_system_that_still_has_objects_is_not_clean()
    {
        var tenant = await fixture.GivenTenantAsync();
        await (await fixture.StartAsync(tenant)).GetResultAsync();
        var other = await fixture.GivenTenantAsync();
        await using var off = await fixture.ChangeSettingsAsync(("S3_ENDPOINT", null));

        var s3 = Of(await fixture.ReadResidueAsync(tenant), "s3");
        var untouched = Of(await fixture.ReadResidueAsync(other), "s3");

        Assert.Equal(SystemReading.NotConfigured, s3.State);
        Assert.Contains(tenant.Resources.Bucket, s3.Problem!, StringComparison.Ordinal);
        Assert.Null(untouched.Problem);
    }

    [Fact]
    public async Task The_history_contains_no_names()
    {
        var tenant = await fixture.GivenTenantAsync();
        await (await fixture.StartAsync(tenant)).GetResultAsync();
        await fixture.ReadResidueAsync(tenant);

        var history = (await HistoryText.ReadAllAsync(fixture.Temporal))
            .Single(run => run.WorkflowId == IReadResidueWorkflow.WorkflowId(tenant.Id));

        Assert.Contains(tenant.Id.ToString(), history.Decrypted, StringComparison.Ordinal);
        Assert.DoesNotContain(tenant.Email, history.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(tenant.Key, history.Text, StringComparison.Ordinal);
    }

    private static SystemReading Of(TenantResidue residue, string system) =>
        residue.Systems.Single(reading => reading.System == system);

    private static List<string> Found(TenantResidue residue) =>
        [.. residue.Systems.SelectMany(system => system.Found).Select(f =>
            $"{f.Type} {f.Name} {f.StateFor(residue.Tenant)} {f.Attempt}")];
}
