using ControlPlane.Invitations;
using ControlPlane.Tenants;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Testing;
using Worker.Invitations;
using Worker.Sweeps;
using Worker.Systems;
using Worker.Systems.Novu;
using Worker.Tests.Support;

namespace Worker.Tests.Sweeps;

/// <summary>Rows whose time is over: what they held is free or forgotten, and nothing younger is touched.</summary>
public sealed class RetentionTests(ProvisioningWorld world) : IClassFixture<ProvisioningWorld>
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_tenant_that_was_never_provisioned_expires_and_gives_its_key_and_domain_back()
    {
        var (overdue, young) = (await world.GivenTenantAsync(), await world.GivenTenantAsync());
        await AgeAsync("UPDATE tenants SET expires_at = $2 WHERE id = $1", overdue.Id, days: 0);

        await world.SweepAsync();

        Assert.Equal("EXPIRED", await world.StatusAsync(overdue));
        Assert.Equal("PENDING_PROVISION", await world.StatusAsync(young));
        Assert.Equal(
            "RELEASED",
            await world.Postgres.ReadAsync<string>(
                "SELECT DISTINCT state FROM tenant_domains WHERE tenant_id = $1", overdue.Id));
        Assert.NotEqual(overdue.Id, (await world.GivenTenantAsync(overdue.Key)).Id);
    }

    [Fact]
    public async Task More_than_one_batch_expires_in_one_sweep()
    {
        var tenants = new List<TestTenant>();
        for (int i = 0; i < 101; i++)
        {
            tenants.Add(await world.GivenTenantAsync());
        }

        await world.Postgres.ExecuteAsync(
            "UPDATE tenants SET expires_at = now() WHERE id = ANY($1)", tenants.Select(tenant => tenant.Id).ToArray());

        await world.SweepAsync();

        Assert.Equal(101, await world.Postgres.ReadAsync<long>(
            "SELECT count(*) FROM tenants WHERE status = 'EXPIRED' AND id = ANY($1)",
            tenants.Select(tenant => tenant.Id).ToArray()));
    }

    [Fact]
    public async Task A_sealed_password_that_nobody_fetched_in_time_is_erased()
    {
        var (late, fresh) = (await GivenInvitationAsync(), await GivenInvitationAsync());
        await SealAsync(late, minutes: -1);
        await SealAsync(fresh, minutes: 4);

        await world.SweepAsync();

        Assert.Equal(0, await CountAsync("sealed_passwords WHERE invitation_id", late));
        Assert.Equal(1, await CountAsync("sealed_passwords WHERE invitation_id", fresh));
    }

    [Fact]
    public async Task A_sealed_password_is_gone_a_minute_after_its_time_without_any_sweep()
    {
        var (atStart, later) = (await GivenInvitationAsync(), await GivenInvitationAsync());
        await SealAsync(atStart, minutes: 5);
        await SealAsync(later, minutes: 6);
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddMinutes(5.5));
        using var expiry = new SealedPasswordExpiry(
            new ExpiredRows(
                world.Postgres.Owner,
                world.Services.GetRequiredService<TenantRepository>(),
                world.Services.GetRequiredService<InvitationRepository>(),
                clock),
            clock,
            NullLogger<SealedPasswordExpiry>.Instance);

        await expiry.StartAsync(CancellationToken);

        await GoneAsync(atStart);
        Assert.Equal(1, await CountAsync("sealed_passwords WHERE invitation_id", later));
        clock.Advance(TimeSpan.FromMinutes(1));
        await GoneAsync(later);
        await expiry.StopAsync(CancellationToken);

        Task GoneAsync(Guid invitation) => AssertMore.EventuallyAsync(async () =>
            Assert.Equal(0, await CountAsync("sealed_passwords WHERE invitation_id", invitation)));
    }

    [Fact]
    public async Task An_invitation_that_has_been_dead_for_the_retention_is_deleted_and_an_accepted_one_is_kept()
    {
        var (dead, dying, accepted) =
            (await GivenInvitationAsync(), await GivenInvitationAsync(), await GivenInvitationAsync());
        await AgeAsync("UPDATE invitations SET expires_at = $2 WHERE id = $1", dead, days: 31);
        await AgeAsync("UPDATE invitations SET expires_at = $2 WHERE id = $1", dying, days: 29);
        await AgeAsync(
            "UPDATE invitations SET expires_at = $2, accepted_at = $2 WHERE id = $1", accepted, days: 31);

        await world.SweepAsync();

        Assert.Equal(0, await CountAsync("invitations WHERE id", dead));
        Assert.Equal(1, await CountAsync("invitations WHERE id", dying));
        Assert.Equal(1, await CountAsync("invitations WHERE id", accepted));
    }

    [Fact]
    public async Task A_lead_that_came_to_nothing_is_erased_after_the_retention_here_and_at_Novu()
    {
        var (old, young) = (await GivenSubscriberAsync(), await GivenSubscriberAsync());
        await AgeAsync("UPDATE leads SET token_expires_at = $2 WHERE id = $1", old, days: 31);
        await AgeAsync("UPDATE leads SET token_expires_at = $2 WHERE id = $1", young, days: 29);

        await world.SweepAsync();

        Assert.Equal((0, false), (await CountAsync("leads WHERE id", old), await IsSubscriberAsync(old)));
        Assert.Equal((1, true), (await CountAsync("leads WHERE id", young), await IsSubscriberAsync(young)));
    }

    [Fact]
    public async Task An_expired_tenant_is_erased_with_its_lead_and_a_live_one_never()
    {
        var (expired, live) = (await world.GivenTenantAsync(), await world.GivenTenantAsync());
        foreach (var tenant in (TestTenant[])[expired, live])
        {
            await AgeAsync("UPDATE leads SET token_expires_at = $2 WHERE id = $1", tenant.LeadId, days: 400);
        }

        await AgeAsync(
            "UPDATE tenants SET expires_at = $2, updated_at = $2, status = 'EXPIRED' WHERE id = $1", expired.Id, 31);

        await world.SweepAsync();

        Assert.Equal(0, await CountAsync("tenants WHERE id", expired.Id));
        Assert.Equal(0, await CountAsync("tenant_contacts WHERE tenant_id", expired.Id));
        Assert.Equal(0, await CountAsync("leads WHERE id", expired.LeadId));
        Assert.Equal(1, await CountAsync("leads WHERE id", live.LeadId));
        Assert.Equal("PENDING_PROVISION", await world.StatusAsync(live));
    }

    [Fact]
    public async Task No_address_stands_in_the_log()
    {
        var tenant = await world.GivenTenantAsync();
        await AgeAsync("UPDATE leads SET token_expires_at = $2 WHERE id = $1", tenant.LeadId, days: 31);
        await AgeAsync(
            "UPDATE tenants SET expires_at = $2, updated_at = $2, status = 'EXPIRED' WHERE id = $1", tenant.Id, 31);

        await world.SweepAsync();

        Assert.Equal(0, await CountAsync("leads WHERE id", tenant.LeadId));
        Assert.DoesNotContain(tenant.Email, world.Logs.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(
            NovuMail.SubscriberId(tenant.Id, tenant.Email), world.Logs.Text, StringComparison.Ordinal);
    }

    private async Task<Guid> GivenInvitationAsync() =>
        (await world.Services.GetRequiredService<InvitationRepository>().FindOrAddAsync(
            (await world.GivenTenantAsync()).Id, TimeProvider.System.GetUtcNow(), CancellationToken)).Id;

    private async Task SealAsync(Guid invitation, int minutes)
    {
        var now = TimeProvider.System.GetUtcNow();
        await world.Services.GetRequiredService<InvitationRepository>().TryAddSealedAsync(
            new SealedPassword(invitation, 1, "key", [1, 2, 3], now.AddMinutes(minutes)), now, CancellationToken);
    }

    private async Task<Guid> GivenSubscriberAsync()
    {
        var lead = await world.GivenLeadAsync();
        await Novu.SaveSubscriberAsync(
            new NovuSubscriber(NovuMail.SubscriberId(lead.Id), lead.Email.Value, "Ada", "Lovelace"), CancellationToken);
        return lead.Id;
    }

    private INovuApi Novu => world.Services.GetRequiredService<INovuApi>();

    private async Task<bool> IsSubscriberAsync(Guid lead)
    {
        try
        {
            await Novu.GetSubscriberAsync(NovuMail.SubscriberId(lead), CancellationToken);
            return true;
        }
        catch (Exception e) when (e is OutsideSystemException { Status: System.Net.HttpStatusCode.NotFound })
        {
            return false;
        }
    }

    private Task<int> AgeAsync(string sql, Guid id, int days) =>
        world.Postgres.ExecuteAsync(sql, id, TimeProvider.System.GetUtcNow().AddDays(-days));

    private async Task<int> CountAsync(string from, Guid id) =>
        (int)await world.Postgres.ReadAsync<long>($"SELECT count(*) FROM {from} = $1", id);
}
