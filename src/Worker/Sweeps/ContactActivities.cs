using Microsoft.Extensions.Logging;
using Temporalio.Activities;

namespace Worker.Sweeps;

/// <summary>
/// Erases the contact data of leads that did not become customers, after the retention. The outside stores come first,
/// so that no data remains there of a lead that the database no longer knows.
/// </summary>
public sealed partial class ContactActivities(
    ContactRetention contacts, ReleasedContacts released, SweepOptions options, IEnumerable<IContactStore> stores,
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
        await InBatchesAsync(
            after => released.ListAsync(options.ContactRetention, after, BatchSize, cancellationToken),
            contact => contact.TenantId!.Value,
            contact => released.EraseAsync(contact, cancellationToken));
        await InBatchesAsync(
            after => contacts.ListAsync(options.ContactRetention, after, BatchSize, cancellationToken),
            contact => contact.LeadId,
            contact => contacts.EraseAsync(options.ContactRetention, contact, cancellationToken));
        if (erased > 0)
        {
            LogErased(erased);
        }

        errors.ThrowIfFailed();
        return erased;

        async Task InBatchesAsync(
            Func<Guid, Task<List<ErasableContact>>> listAsync, Func<ErasableContact, Guid> idOf,
            Func<ErasableContact, Task<bool>> eraseAsync)
        {
            List<ErasableContact> batch = [];
            do
            {
                batch = await listAsync(batch.Count > 0 ? idOf(batch[^1]) : Guid.Empty);
                foreach (var contact in batch)
                {
                    await errors.TryAsync($"lead {contact}", () => EraseAsync(contact, eraseAsync), cancellationToken);
                }
            }
            while (batch.Count == BatchSize);
        }

        async Task EraseAsync(ErasableContact contact, Func<ErasableContact, Task<bool>> eraseAsync)
        {
            foreach (var store in stores)
            {
                await store.EraseAsync(contact, cancellationToken);
            }

            erased += await eraseAsync(contact) ? 1 : 0;
        }
    }

    [LoggerMessage(EventId = 604, Level = LogLevel.Information,
        Message = "Erased the contact data of {Count} leads after the retention")]
    private partial void LogErased(int count);
}
