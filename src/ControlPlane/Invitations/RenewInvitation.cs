using ControlPlane.Temporal;
using ControlPlane.Tenants;
using Microsoft.Extensions.Logging;

namespace ControlPlane.Invitations;

/// <summary>Sends the admin user a new invitation; also resolves a parked welcome mail.</summary>
public sealed partial class RenewInvitation(
    GetTenant tenants, InvitationRepository invitations, ControlPlaneWorkflows workflows, TimeProvider time,
    ILogger<RenewInvitation> logger)
{
    /// <exception cref="ControlPlaneException">
    /// The tenant does not exist or is not ACTIVE, or Temporal is unreachable.
    /// </exception>
    public async Task<Invitation> ExecuteAsync(Guid tenantId, CancellationToken cancellationToken)
    {
        _ = workflows.Client;
        var tenant = await tenants.ExecuteAsync(tenantId, cancellationToken);
        tenant.RequireActive();
        var invitation = await invitations.RenewAsync(tenantId, time.GetUtcNow(), cancellationToken);
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
