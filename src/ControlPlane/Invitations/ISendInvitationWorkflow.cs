using ControlPlane.Temporal;
using Temporalio.Workflows;

namespace ControlPlane.Invitations;

/// <summary>
/// Sends the welcome mail again, with the next generation of the invitation: on an operator's request, or after the
/// mail of the provisioning was parked. The generation becomes the current one once Novu accepts its mail. The previous
/// link stays valid until then, so that the admin user always has a valid link.
/// </summary>
[Workflow("SendInvitation")]
public interface ISendInvitationWorkflow
{
    static string WorkflowId(Guid invitationId, int generation) => $"send-invitation-{invitationId:D}-{generation}";

    [WorkflowRun]
    Task RunAsync(SendInvitationInput input);
}

public sealed record SendInvitationInput(Guid TenantId, int Generation) : IWorkflowInput;
