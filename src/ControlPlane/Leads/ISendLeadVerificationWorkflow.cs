using Temporalio.Workflows;

namespace ControlPlane.Leads;

/// <summary>
/// Mails the verification link to a lead. One activity; the token is derived there, never in the history. A generation
/// after the lead's current one becomes current when its mail has been taken: whoever asked has a good link all along,
/// the one from before until then.
/// </summary>
[Workflow("SendLeadVerification")]
public interface ISendLeadVerificationWorkflow
{
    static string WorkflowId(Guid leadId, int generation) => $"send-lead-verification-{leadId:D}-{generation}";

    [WorkflowRun]
    Task RunAsync(SendLeadVerificationInput input);
}

public sealed record SendLeadVerificationInput(Guid LeadId, int Generation);
