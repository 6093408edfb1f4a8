using ControlPlane.Security;
using ControlPlane.Tenants;

namespace ControlPlane.Invitations;

/// <summary>Reads what an invitation is for, so that its page tells the rules before the first try.</summary>
public sealed class ReadInvitation(
    InvitationRepository invitations, TenantRepository tenants, MailedTokens tokens, TimeProvider time)
{
    /// <exception cref="ControlPlaneException">
    /// The token is not genuine, a newer one was sent, or the tenant is not ACTIVE.
    /// </exception>
    public async Task<InvitationForTenant> ExecuteAsync(string? token, CancellationToken cancellationToken)
    {
        var invitation = await invitations.FindByTokenAsync(token, cancellationToken);
        invitation.RequireGenuine(token!, tokens);
        var tenant = await tenants.FindAsync(invitation.TenantId, cancellationToken);
        return tenant?.Status == TenantStatus.Active
            ? new InvitationForTenant(StateOf(invitation), tenant, invitation.ExpiresAt)
            : throw Invitation.InvalidToken();
    }

    private InvitationState StateOf(Invitation invitation) => invitation switch
    {
        { AcceptedAt: not null } => InvitationState.Used,
        _ when time.GetUtcNow() >= invitation.ExpiresAt => InvitationState.Expired,
        _ => InvitationState.Open,
    };
}

public sealed record InvitationForTenant(InvitationState State, Tenant Tenant, DateTimeOffset ExpiresAt);

public enum InvitationState
{
    Open = 1,
    Used,
    Expired,
}
