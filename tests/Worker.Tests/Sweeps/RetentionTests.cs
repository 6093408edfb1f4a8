using System.Security.Cryptography;
using ControlPlane.Idempotency;
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

/// <summary>Expired rows release or erase their data; younger rows are not touched.</summary>
public sealed class RetentionTests(ProvisioningFixture fixture) : IClassFixture<ProvisioningFixture>
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_tenant_that_was_never_provisioned_expires_and_releases_its_key_and_domains()
    {
        var (overdue, young) = (await fixture.GivenTenantAsync(), await fixture.GivenTenantAsync());
        await AgeAsync("UPDATE tenants SET expires_at = $2 WHERE id = $1", overdue.Id, days: 0);

        await fixture.SweepAsync();

        Assert.Equal("EXPIRED", await fixture.StatusAsync(overdue));
        Assert.Equal("PENDING_PROVISION", await fixture.StatusAsync(young));
        Assert.Equal(
            "RELEASED",
            await fixture.Postgres.ReadAsync<string>(
                "SELECT DISTINCT state FROM tenant_domains WHERE tenant_id = $1", overdue.Id));
        Assert.NotEqual(overdue.Id, (await fixture.GivenTenantAsync(overdue.Key)).Id);
    }

    [Fact]
    public async Task One_sweep_expires_more_than_one_batch()
    {
        var tenants = new List<TestTenant>();
        for (int i = 0; i < 101; i++)
        {
            tenants.Add(await fixture.GivenTenantAsync());
        }

        await fixture.Postgres.ExecuteAsync(
            "UPDATE tenants SET expires_at = now() WHERE id = ANY($1)", tenants.Select(tenant => tenant.Id).ToArray());

        await fixture.SweepAsync();

        Assert.Equal(101, await fixture.Postgres.ReadAsync<long>(
            "SELECT count(*) FROM tenants WHERE status = 'EXPIRED' AND id = ANY($1)",
            tenants.Select(tenant => tenant.Id).ToArray()));
    }

    [Fact]
    public async Task A_sealed_password_that_was_not_used_in_time_is_erased()
    {
        var (late, fresh) = (await GivenInvitationAsync(), await GivenInvitationAsync());
        await SealAsync(late, minutes: -1);
        await SealAsync(fresh, minutes: 4);

        await fixture.SweepAsync();

        Assert.Equal(0, await CountAsync("sealed_passwords WHERE invitation_id", late));
        Assert.Equal(1, await CountAsync("sealed_passwords WHERE invitation_id", fresh));
    }

    [Fact]
    public async Task An_expired_sealed_password_is_gone_within_a_minute_without_a_sweep()
    {
        var (atStart, later) = (await GivenInvitationAsync(), await GivenInvitationAsync());
        await SealAsync(atStart, minutes: 5);
        await SealAsync(later, minutes: 6);
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddMinutes(5.5));
        using var expiry = new SealedPasswordExpiry(
            new ExpiredRows(
                fixture.Postgres.Owner,
                fixture.Services.GetRequiredService<TenantRepository>(),
                fixture.Services.GetRequiredService<InvitationRepository>(),
                fixture.Services.GetRequiredService<IdempotentAnswers>(),
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
    public async Task An_answer_of_an_idempotency_key_is_deleted_a_day_after_its_request()
    {
        byte[] old = RandomNumberGenerator.GetBytes(32), young = RandomNumberGenerator.GetBytes(32);
        await ClaimAsync(old, hoursAgo: 24.01);
        await ClaimAsync(young, hoursAgo: 23.9);

        await fixture.SweepAsync();

        Assert.Equal([young], await fixture.Postgres.ReadAsync<byte[][]>(
            "SELECT array_agg(key_hash) FROM idempotent_answers WHERE key_hash IN ($1, $2)", old, young));

        Task ClaimAsync(byte[] key, double hoursAgo) => new IdempotentAnswers(
            fixture.Postgres.Functions,
            new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddHours(-hoursAgo)))
            .ClaimAsync(key, key, CancellationToken);
    }

    [Fact]
    public async Task An_invitation_is_deleted_a_retention_period_after_its_expiry_unless_it_was_accepted()
    {
        var (dead, dying, accepted) =
            (await GivenInvitationAsync(), await GivenInvitationAsync(), await GivenInvitationAsync());
        await AgeAsync("UPDATE invitations SET expires_at = $2 WHERE id = $1", dead, days: 31);
        await AgeAsync("UPDATE invitations SET expires_at = $2 WHERE id = $1", dying, days: 29);
        await AgeAsync(
            "UPDATE invitations SET expires_at = $2, accepted_at = $2 WHERE id = $1", accepted, days: 31);

        await fixture.SweepAsync();

        Assert.Equal(0, await CountAsync("invitations WHERE id", dead));
        Assert.Equal(1, await CountAsync("invitations WHERE id", dying));
        Assert.Equal(1, await CountAsync("invitations WHERE id", accepted));
    }

    [Fact]
    public async Task A_lead_without_a_tenant_is_erased_here_and_in_Novu_after_the_retention_period()
    {
        var (old, young) = (await GivenSubscriberAsync(), await GivenSubscriberAsync());
        await AgeAsync("UPDATE leads SET token_expires_at = $2 WHERE id = $1", old, days: 31);
        await AgeAsync("UPDATE leads SET token_expires_at = $2 WHERE id = $1", young, days: 29);

        await fixture.SweepAsync();

        Assert.Equal((0, false), (await CountAsync("leads WHERE id", old), await IsSubscriberAsync(old)));
        Assert.Equal((1, true), (await CountAsync("leads WHERE id", young), await IsSubscriberAsync(young)));
    }

    [Fact]
    public async Task An_expired_tenant_is_erased_with_its_lead_and_a_live_one_is_not()
    {
        var (expired, live) = (await fixture.GivenTenantAsync(), await fixture.GivenTenantAsync());
        foreach (var tenant in (TestTenant[])[expired, live])
        {
            await AgeAsync("UPDATE leads SET token_expires_at = $2 WHERE id = $1", tenant.LeadId, days: 400);
        }

        await AgeAsync(
            "UPDATE tenants SET expires_at = $2, updated_at = $2, status = 'EXPIRED' WHERE id = $1", expired.Id, 31);

        await fixture.SweepAsync();

        Assert.Equal(0, await CountAsync("tenants WHERE id", expired.Id));
        Assert.Equal(0, await CountAsync("tenant_contacts WHERE tenant_id", expired.Id));
        Assert.Equal(0, await CountAsync("leads WHERE id", expired.LeadId));
        Assert.Equal(1, await CountAsync("leads WHERE id", live.LeadId));
        Assert.Equal("PENDING_PROVISION", await fixture.StatusAsync(live));
    }

    [Fact]
    public async Task The_log_contains_no_address()
    {
        var tenant = await fixture.GivenTenantAsync();
        await AgeAsync("UPDATE leads SET token_expires_at = $2 WHERE id = $1", tenant.LeadId, days: 31);
        await AgeAsync(
            "UPDATE tenants SET expires_at = $2, updated_at = $2, status = 'EXPIRED' WHERE id = $1", tenant.Id, 31);

        await fixture.SweepAsync();

        Assert.Equal(0, await CountAsync("leads WHERE id", tenant.LeadId));
        Assert.DoesNotContain(tenant.Email, fixture.Logs.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(
            NovuMail.SubscriberId(tenant.Id, tenant.Email), fixture.Logs.Text, StringComparison.Ordinal);
    }

    private async Task<Guid> GivenInvitationAsync() =>
        (await fixture.Services.GetRequiredService<InvitationRepository>().FindOrAddAsync(
            (await fixture.GivenTenantAsync()).Id, TimeProvider.System.GetUtcNow(), CancellationToken)).Id;

    private async Task SealAsync(Guid invitation, int minutes)
    {
        var now = TimeProvider.System.GetUtcNow();
        await fixture.Services.GetRequiredService<InvitationRepository>().TryAddSealedAsync(
            new SealedPassword(invitation, 1, "key", [1, 2, 3], now.AddMinutes(minutes)), now, CancellationToken);
    }

    private async Task<Guid> GivenSubscriberAsync()
    {
        var lead = await fixture.GivenLeadAsync();
        await Novu.SaveSubscriberAsync(
            new NovuSubscriber(NovuMail.SubscriberId(lead.Id), lead.Email.Value, "Ada", "Lovelace"), CancellationToken);
        return lead.Id;
    }

    private INovuApi Novu => fixture.Services.GetRequiredService<INovuApi>();

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
        fixture.Postgres.ExecuteAsync(sql, id, TimeProvider.System.GetUtcNow().AddDays(-days));

    private async Task<int> CountAsync(string from, Guid id) =>
        (int)await fixture.Postgres.ReadAsync<long>($"SELECT count(*) FROM {from} = $1", id);
}
