using Microsoft.Extensions.Logging;
using Temporalio.Activities;

namespace Worker.Sweeps;

/// <summary>
/// Erases the contact data of those who did not become customers, when its retention is over: at Novu first, so that
/// nothing stays there of somebody whom the database has forgotten.
/// </summary>
public sealed partial class ContactActivities(
    ContactRetention contacts, SweepOptions options, IEnumerable<IContactStore> stores,
    ILogger<ContactActivities> logger)
{
    private const int Batch = 100;

    /// <returns>How many.</returns>
    [Activity("EraseContacts")]
    public async Task<int> EraseAsync()
    {
        var cancellationToken = ActivityExecutionContext.Current.CancellationToken;
        int erased = 0;
        var each = new ErrorCollector();
        List<ErasableContact> batch = [];
        do
        {
            batch = await contacts.ListAsync(
                options.ContactRetention, batch.LastOrDefault()?.LeadId ?? Guid.Empty, Batch, cancellationToken);
            foreach (var contact in batch)
            {
                await each.TryAsync($"lead {contact}", () => EraseAsync(contact), cancellationToken);
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
            foreach (var store in stores)
            {
                await store.EraseAsync(contact, cancellationToken);
            }

            erased += await contacts.EraseAsync(options.ContactRetention, contact, cancellationToken) ? 1 : 0;
        }
    }

    [LoggerMessage(EventId = 604, Level = LogLevel.Information,
        Message = "Erased the contact data of {Count} leads whose retention was over")]
    private partial void LogErased(int count);
}
