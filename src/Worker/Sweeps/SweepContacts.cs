using Microsoft.Extensions.Logging;
using Temporalio.Activities;
using Worker.Systems.Novu;

namespace Worker.Sweeps;

/// <summary>
/// Erases the contact data of those who did not become customers, when its retention is over: at Novu first, so that
/// nothing stays there of somebody whom the database has forgotten.
/// </summary>
public sealed partial class SweepContacts(
    ContactRetention contacts, SweepOptions options, IEnumerable<NovuSubscribers> novu, ILogger<SweepContacts> logger)
{
    private const int Batch = 100;

    /// <returns>How many.</returns>
    [Activity("EraseContacts")]
    public async Task<int> EraseAsync()
    {
        var cancellation = ActivityExecutionContext.Current.CancellationToken;
        int erased = 0;
        var each = new OneByOne();
        List<ErasableContact> batch = [];
        do
        {
            batch = await contacts.ListAsync(
                options.ContactRetention, batch.LastOrDefault()?.LeadId ?? Guid.Empty, Batch, cancellation);
            foreach (var contact in batch)
            {
                await each.TryAsync($"lead {contact}", () => EraseAsync(contact), cancellation);
            }
        }
        while (batch.Count == Batch);
        if (erased > 0)
        {
            LogErased(erased);
        }

        each.ThrowIfFailed();
        return erased;

        async Task EraseAsync(ErasableContact contact)
        {
            foreach (var subscribers in novu)
            {
                await subscribers.EraseAsync(contact, cancellation);
            }

            erased += await contacts.EraseAsync(options.ContactRetention, contact, cancellation) ? 1 : 0;
        }
    }

    [LoggerMessage(EventId = 604, Level = LogLevel.Information,
        Message = "Erased the contact data of {Count} leads whose retention was over")]
    private partial void LogErased(int count);
}

/// <summary>What Novu keeps of a contact; registered only where Novu is on.</summary>
public sealed class NovuSubscribers(NovuMail mail)
{
    public async Task EraseAsync(ErasableContact contact, CancellationToken cancellation)
    {
        await mail.EraseAsync(NovuMail.SubscriberId(contact.LeadId), cancellation);
        if (contact.TenantId is { } tenantId)
        {
            await mail.EraseAsync(NovuMail.SubscriberId(tenantId, contact.Email), cancellation);
        }
    }
}
