using Worker.Sweeps;

namespace Worker.Systems.Novu;

/// <summary>Erases the Novu subscribers of a lead and of its tenant's admin user.</summary>
public sealed class NovuSubscribers(NovuMail mail) : IContactStore
{
    public async Task EraseAsync(ErasableContact contact, CancellationToken cancellationToken)
    {
        await mail.EraseAsync(NovuMail.SubscriberId(contact.LeadId), cancellationToken);
        if (contact.TenantId is { } tenantId)
        {
            await mail.EraseAsync(NovuMail.SubscriberId(tenantId, contact.Email), cancellationToken);
        }
    }
}
