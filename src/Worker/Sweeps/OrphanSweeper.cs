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
    TimeProvider time,
    ILogger<OrphanSweeper> logger)
{
    /// <summary>Sweeps the objects of one type.</summary>
    /// <param name="type">The type of the resource records.</param>
    /// <param name="errors">Collects the failures; the caller throws them.</param>
    /// <param name="cancellationToken">Ends the work between two objects.</param>
    public async Task<OrphanSweepResult> ExecuteAsync(
        string type, ErrorCollector errors, CancellationToken cancellationToken)
    {
        var startedAt = time.GetUtcNow();
        var inventory = InventoryOf(type);
        int deleted = 0, orphans = 0, mismarked = 0, remaining = 0;
        foreach (var found in await inventory.ListMarkedAsync(errors, cancellationToken))
        {
            await errors.TryAsync(found.Name, () => SweepAsync(found), cancellationToken);
        }

        if (!errors.HasFailed)
        {
            // After a failure an orphan may be unseen only because it could not be read.
            await records.DeleteUnseenAsync(type, startedAt, cancellationToken);
        }

        await deletions.DeleteOldAsync(type, cancellationToken);
        if (remaining > 0)
        {
            LogLimit(type, remaining, options.MaxDeletions);
        }

        return new OrphanSweepResult(deleted, orphans, mismarked);

        async Task SweepAsync(MarkedObject found)
        {
            switch (await evidence.ReadAsync(ClaimOf(inventory, found), cancellationToken))
            {
                case Evidence.RolledBack when deleted >= options.MaxDeletions:
                    remaining++;
                    break;
                case Evidence.RolledBack when await DeleteAsync(
                    inventory, found, Evidence.RolledBack, cancellationToken):
                    deleted++;
                    break;
                case Evidence.Unknown:
                    orphans++;
                    await ReportAsync(inventory, found, startedAt, cancellationToken);
                    break;
                case Evidence.RecordedLater:
                    mismarked++;
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
        var found = (await inventory.ListMarkedAsync(errors, cancellationToken)).FirstOrDefault(listed =>
            (listed.Mark.Tenant, listed.Mark.Attempt) == (orphan.TenantId, orphan.Attempt));
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
