using ControlPlane;
using ControlPlane.Provisioning;
using ControlPlane.Tenants;
using Microsoft.Extensions.DependencyInjection;
using Sandbox.Control;
using Worker.Systems;
using Worker.Systems.Novu;
using Worker.Tests.Support;

namespace Worker.Tests.Sweeps;

/// <summary>
/// A tenant that can never be provisioned gives key, domains and lead back: by an operator's call, or by its age.
/// </summary>
public sealed class ReleasedTenantTests(ProvisioningFixture fixture) : IClassFixture<ProvisioningFixture>
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task After_a_release_the_same_lead_creates_a_tenant_with_the_same_key_and_domain()
    {
        var tenant = await fixture.GivenTenantAsync();
        fixture.Refuse("CreateResources", tenant);
        await fixture.FailAsync(tenant);

        var released = await ReleaseAsync(tenant);

        Assert.Equal((TenantStatus.Released, 1), (released.Status, released.Attempt));
        Assert.All(released.Domains, domain => Assert.Equal(DomainState.Released, domain.State));
        Assert.Equal(released.UpdatedAt, (await ReleaseAsync(tenant)).UpdatedAt);
        var next = await CreateAsync(tenant);
        Assert.NotEqual(tenant.Id, next.Id);
        Assert.Equal(next.Id, await Tenants.FindIdByLeadAsync(tenant.LeadId, CancellationToken));
        Assert.Equal("RELEASED", await fixture.StatusAsync(tenant));
    }

    [Fact]
    public async Task A_tenant_that_was_never_provisioned_is_released()
    {
        var tenant = await fixture.GivenTenantAsync();

        Assert.Equal(TenantStatus.Released, (await ReleaseAsync(tenant)).Status);
    }

    // The bucket's name belongs to another account: this tenant can never be provisioned.
    [Fact]
    public async Task A_foreign_object_of_its_name_does_not_hold_the_tenant()
    {
        var tenant = await GivenFailedAsync();
        await fixture.CreateObjectsAsync(
            tenant, new OwnershipMark(Guid.CreateVersion7(TimeProvider.System.GetUtcNow()), tenant.Id, 1));

        Assert.Equal(TenantStatus.Released, (await ReleaseAsync(tenant)).Status);
    }

    [Fact]
    public async Task A_tenant_of_which_an_object_exists_is_not_released()
    {
        var tenant = await fixture.GivenLeftOverAsync();

        await RefusedAsync(tenant, $"storage_bucket {tenant.Resources.Bucket} exists");
    }

    // After an older database was restored, the systems know an attempt that the database does not.
    [Fact]
    public async Task A_tenant_with_objects_of_an_attempt_that_the_database_does_not_know_is_not_released()
    {
        var tenant = await GivenFailedAsync();
        await fixture.CreateObjectsAsync(tenant, tenant.MarkOf(attempt: 2));

        await RefusedAsync(tenant, $"keycloak_realm {tenant.Resources.Realm} exists");
    }

    [Fact]
    public async Task A_tenant_is_not_released_while_a_system_cannot_be_read()
    {
        var tenant = await GivenFailedAsync();
        await using var down = await fixture.Control.SetFaultAsync(new FaultRule
        {
            System = "s3",
            Path = $"/{tenant.Resources.Bucket}*",
            Kind = FaultKind.Answer,
            Status = 503,
            Count = 0,
        });

        await RefusedAsync(tenant, "s3: ");
    }

    [Fact]
    public async Task A_reading_from_before_the_tenants_state_is_no_evidence()
    {
        var tenant = await GivenFailedAsync();
        await fixture.Postgres.ExecuteAsync(
            "UPDATE tenants SET updated_at = now() + interval '1 hour' WHERE id = $1", tenant.Id);

        await RefusedAsync(tenant, "s3 was read before the tenant came into its state");
    }

    [Fact]
    public async Task A_tenant_that_changes_during_the_reading_is_not_released()
    {
        var tenant = await GivenFailedAsync();
        using var hook = fixture.Hooks.BeforeSweep("ReadSystem", () => fixture.Postgres.ExecuteAsync(
            "UPDATE tenants SET attempt = 2 WHERE id = $1", tenant.Id));

        await RefusedAsync(tenant, "it has changed since its systems were read");
    }

    [Fact]
    public async Task A_tenant_whose_records_name_an_object_is_not_released()
    {
        var tenant = await GivenFailedAsync();
        await fixture.Services.GetRequiredService<ResourceRecords>().PlanAsync(
            tenant.Id, 1, "storage_bucket", "an-older-name", null, CancellationToken);

        await RefusedAsync(tenant, "its resource records name an object");
    }

    [Theory]
    [InlineData("ACTIVE", "SUCCEEDED")]
    [InlineData("PROVISIONING", "RUNNING")]
    [InlineData("ROLLING_BACK", "ROLLING_BACK")]
    [InlineData("ROLLBACK_INCOMPLETE", "ROLLBACK_INCOMPLETE")]
    [InlineData("PROVISION_FAILED", "RECORDED")]
    public async Task A_tenant_that_is_or_may_become_live_is_not_released(string status, string state)
    {
        var tenant = await fixture.GivenTenantAsync();
        await fixture.SetStateAsync(tenant, 1, status);
        await fixture.Postgres.ExecuteAsync(
            "UPDATE provisioning_attempts SET state = $2 WHERE tenant_id = $1", tenant.Id, state);

        await RefusedAsync(tenant, "cannot be released in that state");
    }

    [Fact]
    public async Task A_failed_tenant_is_released_with_its_contacts_a_lifetime_after_its_failure()
    {
        var (old, young) = (await GivenFailedAsync(), await GivenFailedAsync());
        foreach (var tenant in (TestTenant[])[old, young])
        {
            await AgeAsync("UPDATE tenants SET updated_at = $2 WHERE id = $1", tenant.Id, tenant == old ? 31 : 29);
            await AgeAsync("UPDATE leads SET token_expires_at = $2 WHERE id = $1", tenant.LeadId, 29);
        }

        await fixture.SweepAsync();

        Assert.Equal(
            ("RELEASED", 0, 0, 1),
            (await fixture.StatusAsync(old), await CountAsync("tenant_contacts WHERE tenant_id", old.Id),
                await CountAsync("leads WHERE id", old.LeadId),
                await CountAsync("provisioning_attempts WHERE tenant_id", old.Id)));
        Assert.Equal(
            ("PROVISION_FAILED", 1, 1),
            (await fixture.StatusAsync(young), await CountAsync("tenant_contacts WHERE tenant_id", young.Id),
                await CountAsync("leads WHERE id", young.LeadId)));
        var kept = (await Tenants.FindAsync(old.Id, CancellationToken))!;
        Assert.Equal((null, old.Key), (kept.LeadId, kept.Name));
        Assert.Empty(kept.Contacts);
        Assert.Empty(kept.Domains);
    }

    [Fact]
    public async Task A_failed_tenant_of_which_an_object_exists_is_not_released_by_its_age()
    {
        var tenant = await GivenFailedAsync();
        await fixture.CreateObjectsAsync(tenant, tenant.MarkOf(attempt: 2));
        await AgeAsync("UPDATE tenants SET updated_at = $2 WHERE id = $1", tenant.Id, 31);

        await fixture.SweepAsync();

        Assert.Equal("PROVISION_FAILED", await fixture.StatusAsync(tenant));
        Assert.Contains(
            $"Tenant {tenant.Id}: its lifetime after the failure has passed; not released", fixture.Logs.Text,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_contacts_of_a_tenant_that_an_operator_released_stay_for_the_retention()
    {
        var tenants = (Old: await GivenFailedAsync(), Young: await GivenFailedAsync());
        foreach (var tenant in (TestTenant[])[tenants.Old, tenants.Young])
        {
            await GivenSubscriberAsync(tenant);
            await ReleaseAsync(tenant);
            await AgeAsync("UPDATE leads SET token_expires_at = $2 WHERE id = $1", tenant.LeadId, 40);
            await AgeAsync(
                "UPDATE tenants SET updated_at = $2 WHERE id = $1", tenant.Id, tenant == tenants.Old ? 31 : 29);
        }

        await fixture.SweepAsync();

        Assert.Equal((0, 0), (await CountAsync("tenant_contacts WHERE tenant_id", tenants.Old.Id),
            await CountAsync("leads WHERE id", tenants.Old.LeadId)));
        Assert.Equal((1, 1), (await CountAsync("tenant_contacts WHERE tenant_id", tenants.Young.Id),
            await CountAsync("leads WHERE id", tenants.Young.LeadId)));
        await Assert.ThrowsAsync<OutsideSystemException>(() =>
            Novu.GetSubscriberAsync(tenants.Old.SubscriberId, CancellationToken));
        await Novu.GetSubscriberAsync(tenants.Young.SubscriberId, CancellationToken);
    }

    [Fact]
    public async Task A_lead_that_has_a_new_tenant_stays_when_the_released_one_is_erased()
    {
        var tenant = await GivenFailedAsync();
        await ReleaseAsync(tenant);
        var next = await CreateAsync(tenant);
        await AgeAsync("UPDATE leads SET token_expires_at = $2 WHERE id = $1", tenant.LeadId, 40);
        await AgeAsync("UPDATE tenants SET updated_at = $2 WHERE id = $1", tenant.Id, 31);

        await fixture.SweepAsync();

        Assert.Equal(0, await CountAsync("tenant_contacts WHERE tenant_id", tenant.Id));
        Assert.Equal(1, await CountAsync("leads WHERE id", tenant.LeadId));
        Assert.Equal(1, await CountAsync("tenant_contacts WHERE tenant_id", next.Id));
    }

    private TenantRepository Tenants => fixture.Services.GetRequiredService<TenantRepository>();

    private INovuApi Novu => fixture.Services.GetRequiredService<INovuApi>();

    private async Task<TestTenant> GivenFailedAsync()
    {
        var tenant = await fixture.GivenTenantAsync();
        await fixture.GivenAttemptAsync(tenant, 1, "ROLLED_BACK");
        return tenant;
    }

    private Task GivenSubscriberAsync(TestTenant tenant) => Novu.SaveSubscriberAsync(
        new NovuSubscriber(tenant.SubscriberId, tenant.Email, "Ada", "Lovelace"), CancellationToken);

    private Task<Tenant> ReleaseAsync(TestTenant tenant) => fixture.Services.GetRequiredService<ReleaseTenant>()
        .ExecuteAsync(tenant.Id, ReleaseReason.Operator, CancellationToken);

    private Task<Tenant> CreateAsync(TestTenant tenant) => fixture.Services.GetRequiredService<CreateTenant>()
        .ExecuteAsync(
            tenant.LeadId, new CreateTenantCommand(tenant.Key, [$"{tenant.Key}.com"]), CancellationToken);

    private async Task RefusedAsync(TestTenant tenant, string reason)
    {
        string before = await fixture.StatusAsync(tenant);
        var refused = await Assert.ThrowsAsync<ControlPlaneException>(() => ReleaseAsync(tenant));
        Assert.Equal(ErrorCode.WrongState, refused.Code);
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, await fixture.StatusAsync(tenant));
    }

    private Task<int> AgeAsync(string sql, Guid id, int days) =>
        fixture.Postgres.ExecuteAsync(sql, id, TimeProvider.System.GetUtcNow().AddDays(-days));

    private async Task<int> CountAsync(string tableAndColumn, Guid id) =>
        (int)await fixture.Postgres.ReadAsync<long>($"SELECT count(*) FROM {tableAndColumn} = $1", id);
}
