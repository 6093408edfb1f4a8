using System.Globalization;
using ControlPlane.Leads;
using ControlPlane.Security;
using Temporalio.Activities;
using Worker.Systems.Novu;

namespace Worker.Mails;

/// <summary>Mails the link that verifies a lead's address. The token is derived here, so no history holds it.</summary>
public sealed class LeadVerificationActivity(
    NovuMail mail,
    NovuOptions novu,
    MailBrand brand,
    MailLinks links,
    MailedTokens tokens,
    LeadRepository leads,
    TimeProvider time)
{
    [Activity("SendLeadVerification")]
    public async Task SendAsync(SendLeadVerificationInput input)
    {
        var cancellationToken = ActivityExecutionContext.Current.CancellationToken;
        var lead = await leads.FindAsync(input.LeadId, cancellationToken);
        if (lead is null || lead.TokenGeneration > input.Generation
            || (lead.TokenGeneration == input.Generation && time.GetUtcNow() >= lead.TokenExpiresAt))
        {
            // The link is obsolete: a newer one was mailed, it has expired, or the lead was erased.
            return;
        }

        string token = tokens.Create(MailedTokenKind.LeadValidation, lead.Id, input.Generation);
        // No text that was typed at sign-up: the address is not proven, so its owner may be a stranger to the sender.
        var payload = brand.AddTo(new()
        {
            ["leadId"] = lead.Id.ToString("D"),
            ["verifyUrl"] = $"{links.PublicBaseUrl}/verify#{token}",
            ["pageUrl"] = $"{links.PublicBaseUrl}/verify",
            ["code"] = token,
        });
        await mail.SendAsync(
            novu.LeadVerificationTemplate,
            new NovuSubscriber(NovuMail.SubscriberId(lead.Id), lead.Email.Value),
            payload,
            string.Create(CultureInfo.InvariantCulture, $"lead-verification-{lead.Id:D}-{input.Generation}"),
            cancellationToken);
        // After the mail, so that the previous link stays valid while Novu is unavailable. A retry after a crash here
        // sends the same transaction id, which Novu recognises as a duplicate.
        await leads.BeginGenerationAsync(
            lead.Id, input.Generation, time.GetUtcNow() + Lead.TokenLifetime, cancellationToken);
    }
}
