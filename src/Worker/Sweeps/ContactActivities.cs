using Microsoft.Extensions.Logging;
using Temporalio.Activities;

namespace Worker.Sweeps;

/// <summary>
/// Erases the contact data of leads that did not become customers, after the retention. The outside stores come first,
/// so that no data remains there of a lead that the database no longer knows.
/// </summary>
public sealed partial class ContactActivities(
    ContactRetention contacts, ReleasedContacts released, SweepOptions options, IEnumerable<IContactStore> stores,
    TimeProvider time, ILogger<ContactActivities> logger)
{
    private const string OfTenants = "contacts of released tenants", OfLeads = "leads";

    /// <returns>The number of erased leads.</returns>
    [Activity("EraseContacts")]
    public async Task<int> EraseAsync()
    {
        var cancellationToken = ActivityExecutionContext.Current.CancellationToken;
        var progress = await SweepProgress.ResumeAsync(time);
        await EraseAllAsync(
            OfTenants,
            after => released.ListAsync(
                options.ContactRetention, after, PagedRepair.PageSize, cancellationToken),
            contact => contact.TenantId!.Value,
            contact => released.EraseAsync(contact, cancellationToken));
        await EraseAllAsync(
            OfLeads,
            after => contacts.ListAsync(
                options.ContactRetention, after, PagedRepair.PageSize, cancellationToken),
            contact => contact.LeadId,
            contact => contacts.EraseAsync(options.ContactRetention, contact, cancellationToken));
        int erased = progress[OfTenants] + progress[OfLeads];
        if (erased > 0)
        {
            LogErased(erased);
        }

        progress.Errors.ThrowIfFailed();
        return erased;

        Task EraseAllAsync(
            string list, Func<Guid, Task<List<ErasableContact>>> listAsync, Func<ErasableContact, Guid> idOf,
            Func<ErasableContact, Task<bool>> eraseAsync) => PagedRepair.RunAsync(
                progress, list, listAsync, idOf, contact => $"lead {contact}",
                async contact =>
                {
                    foreach (var store in stores)
                    {
                        await store.EraseAsync(contact, cancellationToken);
                    }

                    return await eraseAsync(contact);
                },
                cancellationToken);
    }

    [LoggerMessage(EventId = 604, Level = LogLevel.Information,
        Message = "Erased the contact data of {Count} leads after the retention")]
    private partial void LogErased(int count);
}
