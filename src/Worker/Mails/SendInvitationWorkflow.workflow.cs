using ControlPlane.Invitations;
using Temporalio.Workflows;
using Worker.Saga;

namespace Worker.Mails;

/// <inheritdoc cref="ISendInvitationWorkflow"/>
[Workflow("SendInvitation")]
public sealed class SendInvitationWorkflow : ISendInvitationWorkflow
{
    [WorkflowRun]
    public Task RunAsync(SendInvitationInput input) => Workflow.ExecuteActivityAsync(
        (SendInvitationActivity activity) => activity.SendAsync(input),
        StepOptions.Mail.ForStep(Workflow.CancellationToken));
}
