namespace ControlPlane.Leads;

/// <summary>
/// Sends a lead a new validation token. Those before it are worthless once it is mailed, and good until then. Whoever
/// asks again before that gets the same mail.
/// </summary>
public sealed class ResendLeadVerification(LeadRepository leads, LeadVerificationMail mail, AdmitMail admit)
{
    /// <exception cref="ControlPlaneException">No such lead, too many mails, or Temporal is away.</exception>
    public async Task<RegisteredLead> ExecuteAsync(Guid leadId, CancellationToken cancellationToken)
    {
        mail.RequireConfigured();
        var lead = await leads.FindAsync(leadId, cancellationToken)
            ?? throw new ControlPlaneException(ErrorCode.NotFound, $"There is no lead {leadId:D}.");
        await admit(lead.Email, cancellationToken);
        return new RegisteredLead(leadId, await mail.SendAsync(leadId, lead.TokenGeneration + 1, cancellationToken));
    }
}
