namespace ControlPlane.Leads;

/// <summary>
/// Sends a lead a new validation token. Earlier tokens stay valid until it is mailed. A repeated request before that
/// results in the same mail.
/// </summary>
public sealed class ResendLeadVerification(LeadRepository leads, LeadVerificationMail mail)
{
    /// <exception cref="ControlPlaneException">The lead does not exist, or Temporal is unreachable.</exception>
    public async Task<RegisteredLead> ExecuteAsync(
        Guid leadId, AdmitMail admit, CancellationToken cancellationToken)
    {
        mail.RequireConfigured();
        var lead = await leads.FindAsync(leadId, cancellationToken)
            ?? throw new ControlPlaneException(ErrorCode.NotFound, $"The lead {leadId:D} does not exist.");
        bool isMailed = await admit(lead.Email, cancellationToken);
        return new RegisteredLead(leadId, isMailed
            ? await mail.SendAsync(leadId, lead.TokenGeneration + 1, cancellationToken)
            : null);
    }
}
