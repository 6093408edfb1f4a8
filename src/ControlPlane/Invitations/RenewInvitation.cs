using ControlPlane.Temporal;
using ControlPlane.Tenants;
using Microsoft.Extensions.Logging;

namespace ControlPlane.Invitations;

/// <summary>
/// Sends the admin user a new invitation; also resolves a parked welcome mail. The previous link stays valid until the
/// new one is mailed. A repeated request before that results in the same mail.
/// </summary>
public sealed partial class RenewInvitation(
    GetTenant tenants, InvitationRepository invitations, ControlPlaneWorkflows workflows, TimeProvider time,
    ILogger<RenewInvitation> logger)
{
    /// <returns>The invitation as it will be once its mail is sent.</returns>
    /// <exception cref="ControlPlaneException">
    /// The tenant does not exist or is not ACTIVE, or Temporal is unreachable.
    /// </exception>
    public async Task<Invitation> ExecuteAsync(Guid tenantId, CancellationToken cancellationToken)
    {
        _ = workflows.Client;
        var tenant = await tenants.ExecuteAsync(tenantId, cancellationToken);
        tenant.RequireActive();
        var now = time.GetUtcNow();
        var current = await invitations.FindOrAddAsync(tenantId, now, cancellationToken);
        // The generation is not written here, for the reasons of LeadVerificationMail. The first one belongs to the
        // mail of the provisioning, so a new row also gets the second: Novu drops a mail with a number that it knows.
        var invitation = current with
        {
            Generation = current.Generation + 1,
            ExpiresAt = now + Invitation.Lifetime,
            AcceptedAt = null,
        };
        await workflows.StartAsync(
            (ISendInvitationWorkflow workflow) => workflow.RunAsync(new(tenantId, invitation.Generation)),
            ISendInvitationWorkflow.WorkflowId(invitation.Id, invitation.Generation),
            cancellationToken);
        LogRenewed(tenantId, invitation.Generation);
        return invitation;
    }

    [LoggerMessage(105, LogLevel.Information, "Tenant {TenantId}: sending invitation {Generation}")]
    private partial void LogRenewed(Guid tenantId, int generation);
}
