using ControlPlane.Security;
using ControlPlane.Temporal;

namespace ControlPlane.Leads;

/// <summary>Gets a lead's validation token on its way: starts the mail's workflow, or hands the token back.</summary>
public sealed class LeadVerificationMail(
    LeadVerificationOptions options, MailedTokens tokens, ControlPlaneWorkflows workflows)
{
    /// <returns>The token where it stands in the answer (development and tests); null where it is mailed.</returns>
    public async Task<string?> SendAsync(Guid leadId, int generation, CancellationToken cancellation)
    {
        if (options.TokenInResponse)
        {
            return tokens.Create(MailedTokenKind.LeadValidation, leadId, generation);
        }

        await workflows.StartAsync(
            (ISendLeadVerificationWorkflow workflow) => workflow.RunAsync(new(leadId, generation)),
            ISendLeadVerificationWorkflow.WorkflowId(leadId, generation),
            cancellation);
        return null;
    }
}

/// <summary>
/// Whether one more mail may go to this address now; throws <c>too_many_requests</c> where it may not.
/// </summary>
public delegate ValueTask AdmitMail(EmailAddress recipient, CancellationToken cancellation);
