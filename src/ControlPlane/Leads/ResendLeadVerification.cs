namespace ControlPlane.Leads;

/// <summary>Sends a lead a new validation token; the ones before it are worthless from then on.</summary>
public sealed class ResendLeadVerification(
    LeadRepository leads, LeadVerificationMail mail, AdmitMail admit, TimeProvider time)
{
    /// <exception cref="ControlPlaneException">No such lead, too many mails, or Temporal is away.</exception>
    public async Task<RegisteredLead> ExecuteAsync(Guid leadId, CancellationToken cancellation)
    {
        var lead = await leads.FindAsync(leadId, cancellation)
            ?? throw new ControlPlaneException(ErrorCode.NotFound, $"There is no lead {leadId:D}.");
        await admit(lead.Email, cancellation);
        int generation = await leads.RenewTokenAsync(leadId, time.GetUtcNow() + Lead.TokenLifetime, cancellation);
        return new RegisteredLead(leadId, await mail.SendAsync(leadId, generation, cancellation));
    }
}
