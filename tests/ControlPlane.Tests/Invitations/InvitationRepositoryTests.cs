using ControlPlane.Invitations;
using ControlPlane.Leads;
using ControlPlane.Tenants;
using Testing;

namespace ControlPlane.Tests.Invitations;

public sealed class InvitationRepositoryTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    // Functions store passwords, and the worker accepts them; the owner may do both.
    private InvitationRepository Invitations => new(postgres.Owner);

    // The call with the first password has timed out, and another call has stored a second one.
    [Fact]
    public async Task Accepting_one_password_leaves_a_later_one_stored()
    {
        var first = Sealed(await CreateInvitationAsync("first"), 1);
        var second = first with { Sealed = [2] };
        Assert.True(await Invitations.TryAddSealedAsync(first, Now, CancellationToken));
        await Invitations.EraseSealedAsync(first);
        Assert.True(await Invitations.TryAddSealedAsync(second, Now, CancellationToken));

        await Invitations.AcceptAsync(first, Now, CancellationToken);

        Assert.NotNull((await Invitations.FindAsync(first.InvitationId, CancellationToken))!.AcceptedAt);
        Assert.True(await Invitations.EraseSealedAsync(second));
    }

    [Fact]
    public async Task Accepting_a_password_erases_it()
    {
        var password = Sealed(await CreateInvitationAsync("second"), 1);
        await Invitations.TryAddSealedAsync(password, Now, CancellationToken);

        await Invitations.AcceptAsync(password, Now, CancellationToken);

        Assert.False(await Invitations.EraseSealedAsync(password));
    }

    [Fact]
    public async Task A_stored_password_is_not_replaced_even_by_one_of_a_newer_generation()
    {
        var old = Sealed(await CreateInvitationAsync("third"), 1);
        await Invitations.TryAddSealedAsync(old, Now, CancellationToken);

        Assert.False(
            await Invitations.TryAddSealedAsync(old with { Generation = 2, Sealed = [2] }, Now, CancellationToken));
        Assert.True(await Invitations.TryAddSealedAsync(
            old with { Generation = 2, Sealed = [2] }, old.ExpiresAt, CancellationToken));
    }

    [Fact]
    public async Task Only_expired_passwords_are_erased()
    {
        var late = Sealed(await CreateInvitationAsync("late"), 1) with { ExpiresAt = Now };
        var fresh = Sealed(await CreateInvitationAsync("fresh"), 2);
        await Invitations.TryAddSealedAsync(late, Now.AddMinutes(-5), CancellationToken);
        await Invitations.TryAddSealedAsync(fresh, Now, CancellationToken);

        Assert.Equal(1, await Invitations.EraseExpiredSealedAsync(100, Now, CancellationToken));

        Assert.False(await Invitations.EraseSealedAsync(late));
        Assert.True(await Invitations.EraseSealedAsync(fresh));
    }

    private static SealedPassword Sealed(Invitation invitation, byte bytes) =>
        new(invitation.Id, invitation.Generation, "key", [bytes], Now.AddMinutes(5));

    private async Task<Invitation> CreateInvitationAsync(string key)
    {
        var lead = Lead.Register(EmailAddress.Parse($"admin@{key}.com"), "John", "Doe", "New Company Inc", null, Now);
        await new LeadRepository(postgres.Functions).AddAsync(lead, CancellationToken);
        var tenant = Tenant.Create(lead, TenantKey.Parse(key), [lead.Email.Domain], null, Now);
        await new TenantRepository(postgres.Functions).AddAsync(tenant, Now, CancellationToken);
        return await Invitations.FindOrAddAsync(tenant.Id, Now, CancellationToken);
    }
}
