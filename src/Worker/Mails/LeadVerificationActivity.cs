using System.Globalization;
using ControlPlane.Leads;
using ControlPlane.Security;
using Temporalio.Activities;
using Worker.Systems.Novu;

namespace Worker.Mails;

/// <summary>Mails the link that proves an address. The token is derived here and stands in no history.</summary>
public sealed class LeadVerificationActivity(
    NovuMail mail, NovuOptions novu, MailLinks links, MailedTokens tokens, LeadRepository leads, TimeProvider time)
{
    [Activity("SendLeadVerification")]
    public async Task SendAsync(SendLeadVerificationInput input)
    {
        var cancellationToken = ActivityExecutionContext.Current.CancellationToken;
        var lead = await leads.FindAsync(input.LeadId, cancellationToken);
        if (lead is null || lead.TokenGeneration > input.Generation
            || (lead.TokenGeneration == input.Generation && time.GetUtcNow() >= lead.TokenExpiresAt))
        {
            // A newer link was mailed, this one is dead already, or the lead was erased: nobody waits for this one.
            return;
        }

        string token = tokens.Create(MailedTokenKind.LeadValidation, lead.Id, input.Generation);
        var payload = new Dictionary<string, string>
        {
            ["leadId"] = lead.Id.ToString("D"),
            ["firstName"] = lead.FirstName,
            ["lastName"] = lead.LastName,
            ["companyName"] = lead.CompanyName,
            ["verifyUrl"] = $"{links.PublicBaseUrl}/verify#{token}",
            ["supportEmail"] = novu.SupportEmail,
        };
        await mail.SendAsync(
            novu.LeadVerificationTemplate,
            new NovuSubscriber(NovuMail.SubscriberId(lead.Id), lead.Email.Value, lead.FirstName, lead.LastName),
            payload,
            string.Create(CultureInfo.InvariantCulture, $"lead-verification-{lead.Id:D}-{input.Generation}"),
            cancellationToken);
        // Only now: while Novu is away the link from before stays good. When this try ends here, the next one sends the
        // same mail, which Novu knows by its transaction, and comes to this line.
        await leads.BeginGenerationAsync(
            lead.Id, input.Generation, time.GetUtcNow() + Lead.TokenLifetime, cancellationToken);
    }
}
