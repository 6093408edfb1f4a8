using ControlPlane.Temporal;
using Temporalio.Workflows;

namespace ControlPlane.Invitations;

/// <summary>
/// Opens the sealed password, sets it in Keycloak and erases it. The invitation is used up only once Keycloak accepts
/// the password.
/// </summary>
[Workflow("AcceptInvitation")]
public interface IAcceptInvitationWorkflow
{
    static string WorkflowId(Guid invitationId, int generation) => $"accept-invitation-{invitationId:D}-{generation}";

    [WorkflowRun]
    Task<AcceptInvitationResult> RunAsync(AcceptInvitationInput input);
}

public sealed record AcceptInvitationInput(Guid InvitationId, int Generation) : IWorkflowInput;

/// <param name="Accepted">Whether Keycloak accepted the password.</param>
/// <param name="Refusal">
/// Keycloak's message about its password policy, which never contains the password; null if accepted.
/// </param>
public sealed record AcceptInvitationResult(bool Accepted, string? Refusal) : IClearPayload;
