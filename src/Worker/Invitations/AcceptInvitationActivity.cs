using ControlPlane;
using ControlPlane.Invitations;
using ControlPlane.Security;
using ControlPlane.Tenants;
using Temporalio.Activities;
using Worker.Saga;
using Worker.Systems.Keycloak;

namespace Worker.Invitations;

/// <summary>
/// Decrypts a sealed password, sets it in Keycloak and erases it. The plain password exists only in the memory of this
/// activity, never in an argument, result or failure.
/// </summary>
public sealed class AcceptInvitationActivity(
    InvitationRepository invitations,
    ProvisionedTenants tenants,
    TenantRealmFinder realms,
    KeycloakAdmin keycloak,
    InvitationKeys keys,
    TimeProvider time)
{
    [Activity("AcceptInvitation")]
    public async Task<AcceptInvitationResult> AcceptAsync(AcceptInvitationInput input)
    {
        var context = ActivityExecutionContext.Current;
        var cancellationToken = context.CancellationToken;
        var invitation = await invitations.FindAsync(input.InvitationId, cancellationToken);
        if (invitation is null || invitation.Generation != input.Generation)
        {
            throw Invitation.InvalidToken();
        }

        if (invitation.AcceptedAt is not null)
        {
            // An earlier try may have succeeded and lost its answer. On a first try the link has already been used.
            return context.Info.Attempt > 1
                ? new AcceptInvitationResult(true, null)
                : throw new ControlPlaneException(ErrorCode.WrongState, "The invitation has been used.");
        }

        var now = time.GetUtcNow();
        await invitations.EraseExpiredSealedAsync(AcceptInvitation.MaxErasedPerCall, now, cancellationToken);
        var sealedPassword = now < invitation.ExpiresAt
            ? await invitations.FindSealedAsync(input.InvitationId, input.Generation, now, cancellationToken)
            : null;
        if (sealedPassword is null)
        {
            throw new ControlPlaneException(ErrorCode.TokenExpired,
                "There is no password to set: it was not fetched in time, or the invitation has expired.");
        }

        string? refusal = await SetAsync(invitation, sealedPassword, cancellationToken);
        if (refusal is not null)
        {
            await invitations.EraseSealedAsync(sealedPassword);
            return new AcceptInvitationResult(false, refusal);
        }

        await invitations.AcceptAsync(sealedPassword, time.GetUtcNow(), cancellationToken);
        return new AcceptInvitationResult(true, null);
    }

    private async Task<string?> SetAsync(
        Invitation invitation, SealedPassword sealedPassword, CancellationToken cancellationToken)
    {
        var tenant = await tenants.LoadCurrentAsync(invitation.TenantId, cancellationToken);
        if (tenant.Tenant.Status != TenantStatus.Active)
        {
            throw new ControlPlaneException(ErrorCode.WrongState,
                $"The tenant is {tenant.Tenant.Status.ToText()}; only an ACTIVE tenant has an administrator.");
        }

        string realm = await realms.RequireAsync(tenant, cancellationToken);
        var user = await keycloak.FindUserAsync(realm, tenant.Admin.LoginName, cancellationToken)
            ?? throw new ControlPlaneException(ErrorCode.NotFound, $"The administrator is no longer in {realm}.");
        string password = PasswordSeal.Open(
            sealedPassword.Sealed, invitation.Id, keys.Require(sealedPassword.KeyId).PrivateKey);
        return await keycloak.SetPasswordAsync(realm, user.Id!, password, temporary: false, cancellationToken);
    }
}
