using ControlPlane.Invitations;
using Temporalio.Common;
using Temporalio.Workflows;
using Worker.Systems.Keycloak;

namespace Worker.Invitations;

/// <inheritdoc cref="IAcceptInvitationWorkflow"/>
[Workflow("AcceptInvitation")]
public sealed class AcceptInvitationWorkflow : IAcceptInvitationWorkflow
{
    [WorkflowRun]
    public Task<AcceptInvitationResult> RunAsync(AcceptInvitationInput input) => Workflow.ExecuteActivityAsync(
        (AcceptInvitationActivity activity) => activity.AcceptAsync(input),
        new ActivityOptions
        {
            TaskQueue = Workflow.Info.TaskQueue + KeycloakSystem.MainQueue.Suffix,
            StartToCloseTimeout = TimeSpan.FromSeconds(90),
            // A person waits for the answer, and the sealed password is erased after five minutes.
            RetryPolicy = new RetryPolicy { InitialInterval = TimeSpan.FromSeconds(1), MaximumAttempts = 5 },
        });
}
