using ControlPlane.Temporal;
using Temporalio.Workflows;

namespace ControlPlane.Leads;

/// <summary>
/// Mails the verification link to a lead. Its only activity derives the token, which never enters the history. A newer
/// generation becomes the lead's current one once Novu accepts its mail. The previous link stays valid until then, so
/// that the lead always has a valid link.
/// </summary>
[Workflow("SendLeadVerification")]
public interface ISendLeadVerificationWorkflow
{
    static string WorkflowId(Guid leadId, int generation) => $"send-lead-verification-{leadId:D}-{generation}";

    [WorkflowRun]
    Task RunAsync(SendLeadVerificationInput input);
}

public sealed record SendLeadVerificationInput(Guid LeadId, int Generation) : IWorkflowInput;
