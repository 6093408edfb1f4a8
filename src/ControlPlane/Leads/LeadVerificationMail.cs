using ControlPlane.Security;
using ControlPlane.Temporal;

namespace ControlPlane.Leads;

/// <summary>Delivers a lead's validation token: starts the workflow of the mail, or returns the token.</summary>
public sealed class LeadVerificationMail(
    LeadVerificationOptions options, MailedTokens tokens, LeadRepository leads, ControlPlaneWorkflows workflows,
    TimeProvider time)
{
    /// <summary>
    /// Checks the settings of Temporal, without which no mail can be sent. Must be called before a row is written.
    /// </summary>
    /// <exception cref="Settings.SettingException">A setting that mails need is missing or invalid.</exception>
    public void RequireConfigured()
    {
        if (!options.IsTokenInResponse)
        {
            _ = workflows.Client;
        }
    }

    /// <param name="leadId">The id of the lead.</param>
    /// <param name="generation">The generation of the token: the lead's current one, or the next.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The token if it is part of the answer (development and tests); null if it is mailed.</returns>
    /// <exception cref="ControlPlaneException"><c>unavailable</c>: Temporal cannot be reached.</exception>
    public async Task<string?> SendAsync(Guid leadId, int generation, CancellationToken cancellationToken)
    {
        if (options.IsTokenInResponse)
        {
            await leads.BeginGenerationAsync(
                leadId, generation, time.GetUtcNow() + Lead.TokenLifetime, cancellationToken);
            return tokens.Create(MailedTokenKind.LeadValidation, leadId, generation);
        }

        // The generation is not written here: the workflow makes it current once the mail is sent
        // (ISendLeadVerificationWorkflow). If the start fails, the previous link stays valid. If the start succeeds and
        // its answer is lost, the link in the mail becomes valid. Writing the generation first and undoing it after an
        // apparent failure would invalidate a needed link in one of these two cases, which look the same here.
        await workflows.StartAsync(
            (ISendLeadVerificationWorkflow workflow) => workflow.RunAsync(new(leadId, generation)),
            ISendLeadVerificationWorkflow.WorkflowId(leadId, generation),
            cancellationToken);
        return null;
    }
}

/// <summary>
/// Checks the rate limits of a mail and counts it. Above a limit of the caller it throws. Above a limit of the
/// recipient it returns false: the mail is not sent, and the caller is not told.
/// </summary>
public delegate ValueTask<bool> AdmitMail(EmailAddress recipient, CancellationToken cancellationToken);
