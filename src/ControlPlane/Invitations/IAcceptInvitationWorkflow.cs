using Temporalio.Workflows;

namespace ControlPlane.Invitations;

/// <summary>
/// Opens the sealed password, sets it in Keycloak and erases it. Used up only when Keycloak has taken it.
/// </summary>
[Workflow("AcceptInvitation")]
public interface IAcceptInvitationWorkflow
{
    static string WorkflowId(Guid invitationId, int generation) => $"accept-invitation-{invitationId:D}-{generation}";

    [WorkflowRun]
    Task<AcceptInvitationResult> RunAsync(AcceptInvitationInput input);
}

public sealed record AcceptInvitationInput(Guid InvitationId, int Generation);

/// <param name="Accepted">Whether Keycloak has taken the password.</param>
/// <param name="Refusal">Keycloak's own words otherwise (its password policy); never the password.</param>
public sealed record AcceptInvitationResult(bool Accepted, string? Refusal);
