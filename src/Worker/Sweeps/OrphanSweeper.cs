using System.Globalization;
using ControlPlane;
using Microsoft.Extensions.Logging;
using Worker.Systems;

namespace Worker.Sweeps;

/// <summary>The numbers of objects that a sweep of one type found.</summary>
/// <param name="Deleted">Objects of rolled-back attempts, now deleted.</param>
/// <param name="Orphans">Objects whose attempt the database does not know; not touched.</param>
/// <param name="Mismarked">
/// Objects with the mark of a rolled-back attempt and the record of a later one; not touched. 0 in older histories.
/// </param>
public sealed record OrphanSweepResult(int Deleted, int Orphans, int Mismarked = 0);

/// <summary>
/// Sweeps the objects of one system that carry this installation's mark. It deletes the leftovers of rolled-back
/// attempts. Orphans are recorded and logged, and deleted only on an operator's request.
/// </summary>
public sealed partial class OrphanSweeper(
    IEnumerable<ISystemInventory> inventories,
    AttemptEvidence evidence,
    OrphanRecords records,
    SweepDeletions deletions,
    SweepOptions options,
    ILogger<OrphanSweeper> logger)
{
    /// <summary>The names of the counts in the progress.</summary>
    private const string Deleted = "deleted", Orphans = "orphans", Mismarked = "mismarked", Remaining = "remaining";

    /// <summary>Sweeps the objects of one type, page by page.</summary>
    /// <param name="type">The type of the resource records.</param>
    /// <param name="progress">Counts the results, and collects the failures; the caller throws them.</param>
    /// <param name="cancellationToken">Ends the work between two objects.</param>
    public async Task<OrphanSweepResult> ExecuteAsync(
        string type, SweepProgress progress, CancellationToken cancellationToken)
    {
        var inventory = InventoryOf(type);
        if (progress.Begin(type) is { } after)
        {
            await foreach (var page in inventory.ListMarkedAsync(after, progress.Errors, cancellationToken))
            {
                var claims = page.Objects.Select(found => ClaimOf(inventory, found)).ToList();
                foreach (var (found, evidenceOf) in page.Objects.Zip(
                    await evidence.ReadAsync(claims, cancellationToken)))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    await progress.Errors.TryAsync(
                        found.Name, () => SweepAsync(found, evidenceOf), cancellationToken);
                }

                progress.Passed(page.Last);
            }

            progress.End();
        }

        if (!progress.Errors.HasFailed)
        {
            // After a failure an orphan may be unseen only because it could not be read.
            await records.DeleteUnseenAsync(type, progress.StartedAt, cancellationToken);
        }

        if (progress[Remaining] > 0)
        {
            LogLimit(type, progress[Remaining], options.MaxDeletions);
        }

        return new OrphanSweepResult(progress[Deleted], progress[Orphans], progress[Mismarked]);

        async Task SweepAsync(MarkedObject found, Evidence evidenceOf)
        {
            switch (evidenceOf)
            {
                case Evidence.RolledBack when progress[Deleted] >= options.MaxDeletions:
                    progress.Add(Remaining, 1);
                    break;
                case Evidence.RolledBack when await DeleteAsync(
                    inventory, found, Evidence.RolledBack, cancellationToken):
                    progress.Add(Deleted, 1);
                    break;
                case Evidence.Unknown:
                    progress.Add(Orphans, 1);
                    await ReportAsync(inventory, found, progress.StartedAt, cancellationToken);
                    break;
                case Evidence.RecordedLater:
                    progress.Add(Mismarked, 1);
                    LogMismarked(type, found.Name, found.Mark.Attempt, found.Mark.Tenant);
                    break;
            }
        }
    }

    /// <summary>Deletes a recorded orphan on an operator's request.</summary>
    /// <returns>False when it no longer exists.</returns>
    /// <exception cref="ControlPlaneException">
    /// Its attempt is now known, its tenant is being provisioned, or it has changed.
    /// </exception>
    public async Task<bool> DeleteOnOperatorRequestAsync(Orphan orphan, CancellationToken cancellationToken)
    {
        var inventory = InventoryOf(orphan.Type);
        var errors = new ErrorCollector();
        var found = await inventory.ListMarkedAsync("", errors, cancellationToken)
            .SelectMany(page => page.Objects)
            .FirstOrDefaultAsync(
                listed => (listed.Mark.Tenant, listed.Mark.Attempt) == (orphan.TenantId, orphan.Attempt),
                cancellationToken);
        if (found is null)
        {
            // The orphan may be among the objects that could not be read.
            errors.ThrowIfFailed();
        }

        if (found is not null && !await DeleteAsync(inventory, found, Evidence.Unknown, cancellationToken))
        {
            throw new ControlPlaneException(ErrorCode.WrongState,
                $"{orphan.Type} {orphan.Name} was not deleted: its attempt is now known, its tenant is being "
                + "provisioned, or it has changed since it was listed. See `Worker orphans` after the next sweep.");
        }

        await records.DeleteAsync(orphan, cancellationToken);
        return found is not null;
    }

    private async Task<bool> DeleteAsync(
        ISystemInventory inventory, MarkedObject found, Evidence required, CancellationToken cancellationToken)
    {
        var id = deletions.NewId();
        bool isDeleted = await evidence.RunWithTenantLockedAsync(
            ClaimOf(inventory, found),
            required,
            async ensureLocked =>
            {
                bool isOurs = await inventory.DeleteAsync(
                    found, () => BeforeChangeAsync(ensureLocked), cancellationToken);
                await deletions.EndAsync(id, cancellationToken);
                return isOurs;
            },
            cancellationToken);
        if (isDeleted)
        {
            LogDeleted(inventory.MarkedType, found.Name, found.Mark.Tenant, found.Mark.Attempt);
        }

        return isDeleted;

        async Task BeforeChangeAsync(Func<Task> ensureLocked)
        {
            await deletions.BeginAsync(id, inventory.MarkedType, found.Name, cancellationToken);
            await ensureLocked();
        }
    }

    private async Task ReportAsync(
        ISystemInventory inventory, MarkedObject found, DateTimeOffset foundAt, CancellationToken cancellationToken)
    {
        string reason = string.Create(CultureInfo.InvariantCulture,
            $"Its mark names attempt {found.Mark.Attempt} of tenant {found.Mark.Tenant:D}, which this database "
            + $"does not know.");
        await records.SaveAsync(
            new Orphan(inventory.MarkedType, found.Mark.Tenant, found.Mark.Attempt, found.Name, reason, foundAt),
            cancellationToken);
        LogOrphan(inventory.MarkedType, found.Name, reason);
    }

    private static Claim ClaimOf(ISystemInventory inventory, MarkedObject found) =>
        new(found.Mark.Tenant, found.Mark.Attempt, inventory.MarkedType, found.Name);

    private ISystemInventory InventoryOf(string type) =>
        inventories.Single(inventory => inventory.MarkedType == type);

    // Alerts match the first word of these lines.
    [LoggerMessage(EventId = 600, Level = LogLevel.Critical,
        Message = "ORPHAN {Type} {Name}: {Reason} It was not touched; inspect it, then see `Worker orphans`")]
    private partial void LogOrphan(string type, string name, string reason);

    [LoggerMessage(EventId = 601, Level = LogLevel.Critical,
        Message = "SWEEP_LIMIT {Type}: {Left} over the limit of {Most} deletions in one sweep (SWEEP_MOST_DELETIONS)")]
    private partial void LogLimit(string type, int left, int most);

    [LoggerMessage(EventId = 612, Level = LogLevel.Critical,
        Message = "SWEEP_MISMARKED {Type} {Name}: its mark names attempt {Attempt} of tenant {TenantId}, which was "
            + "rolled back, and its record a later attempt. It was not touched; correct its mark.")]
    private partial void LogMismarked(string type, string name, int attempt, Guid tenantId);

    [LoggerMessage(EventId = 602, Level = LogLevel.Warning,
        Message = "Deleted {Type} {Name}, left over from attempt {Attempt} of tenant {TenantId}")]
    private partial void LogDeleted(string type, string name, Guid tenantId, int attempt);
}
