using ControlPlane.Security;
using ControlPlane.Temporal;

namespace ControlPlane.Leads;

/// <summary>Gets a lead's validation token on its way: starts the mail's workflow, or hands the token back.</summary>
public sealed class LeadVerificationMail(
    LeadVerificationOptions options, MailedTokens tokens, LeadRepository leads, ControlPlaneWorkflows workflows,
    TimeProvider time)
{
    /// <summary>To be asked before anything is written: without Temporal's settings no mail could follow.</summary>
    /// <exception cref="Settings.SettingException">A setting that mails need is absent.</exception>
    public void RequireConfigured()
    {
        if (!options.TokenInResponse)
        {
            _ = workflows.Client;
        }
    }

    /// <param name="leadId">The lead.</param>
    /// <param name="generation">Of the token: the lead's current one, or the next.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The token where it stands in the answer (development and tests); null where it is mailed.</returns>
    /// <exception cref="ControlPlaneException"><c>unavailable</c>: Temporal cannot be reached.</exception>
    public async Task<string?> SendAsync(Guid leadId, int generation, CancellationToken cancellationToken)
    {
        if (options.TokenInResponse)
        {
            await leads.BeginGenerationAsync(
                leadId, generation, time.GetUtcNow() + Lead.TokenLifetime, cancellationToken);
            return tokens.Create(MailedTokenKind.LeadValidation, leadId, generation);
        }

        // Here nothing is written: whoever mails the link makes it the good one (ISendLeadVerificationWorkflow). A
        // start that failed has changed nothing, so the link that was mailed before stays good; and after one that
        // succeeded and whose answer was lost, the mail brings a link that is good. To write first and take it back
        // when the start seems to have failed would kill one of the two: which one, nobody here can know.
        await workflows.StartAsync(
            (ISendLeadVerificationWorkflow workflow) => workflow.RunAsync(new(leadId, generation)),
            ISendLeadVerificationWorkflow.WorkflowId(leadId, generation),
            cancellationToken);
        return null;
    }
}

/// <summary>
/// Whether one more mail may go to this address now; throws <c>too_many_requests</c> where it may not.
/// </summary>
public delegate ValueTask AdmitMail(EmailAddress recipient, CancellationToken cancellationToken);
