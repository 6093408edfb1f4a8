using Microsoft.Extensions.Logging;
using Temporalio.Activities;

namespace Worker.Sweeps;

/// <summary>
/// Erases the contact data of leads that did not become customers, after the retention. The outside stores come first,
/// so that no data remains there of a lead that the database no longer knows.
/// </summary>
public sealed partial class ContactActivities(
    ContactRetention contacts, SweepOptions options, IEnumerable<IContactStore> stores,
    ILogger<ContactActivities> logger)
{
    private const int BatchSize = 100;

    /// <returns>The number of erased leads.</returns>
    [Activity("EraseContacts")]
    public async Task<int> EraseAsync()
    {
        var cancellationToken = ActivityExecutionContext.Current.CancellationToken;
        int erased = 0;
        var errors = new ErrorCollector();
        List<ErasableContact> batch = [];
        do
        {
            batch = await contacts.ListAsync(
                options.ContactRetention, batch.LastOrDefault()?.LeadId ?? Guid.Empty, BatchSize, cancellationToken);
            foreach (var contact in batch)
            {
                await errors.TryAsync($"lead {contact}", () => EraseAsync(contact), cancellationToken);
            }
        }
        while (batch.Count == BatchSize);
        if (erased > 0)
        {
            LogErased(erased);
        }

        errors.ThrowIfFailed();
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
        Message = "Erased the contact data of {Count} leads after the retention")]
    private partial void LogErased(int count);
}
