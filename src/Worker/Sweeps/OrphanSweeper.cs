using System.Globalization;
using ControlPlane;
using Microsoft.Extensions.Logging;
using Worker.Systems;

namespace Worker.Sweeps;

/// <param name="Deleted">Left by attempts that were rolled back.</param>
/// <param name="Orphans">Marked as ours, but of no attempt that the database knows: left alone.</param>
/// <param name="Mismarked">
/// Marked as an attempt's that was rolled back, and on record as a later one's: left alone. None in older histories.
/// </param>
public sealed record OrphanSweepResult(int Deleted, int Orphans, int Mismarked = 0);

/// <summary>
/// Settles what carries our mark in one system and no live attempt explains. It deletes by itself only what an attempt
/// left that ended rolled back; what the database does not know it lists and tells, and deletes on an operator's word.
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
    /// <param name="type">One of the types of the resource records.</param>
    /// <param name="each">Notes what failed, and is asked for it afterwards.</param>
    /// <param name="cancellationToken">Ends the work between two objects.</param>
    public async Task<OrphanSweepResult> ExecuteAsync(
        string type, ErrorCollector each, CancellationToken cancellationToken)
    {
        var begun = time.GetUtcNow();
        var inventory = InventoryOf(type);
        int deleted = 0, orphans = 0, mismarked = 0, left = 0;
        foreach (var found in await inventory.ListMarkedAsync(each, cancellationToken))
        {
            await each.TryAsync(found.Name, () => SettleAsync(found), cancellationToken);
        }

        if (!each.HasFailed)
        {
            // What could not be read was not seen, and is no less there.
            await records.ForgetUnseenAsync(type, begun, cancellationToken);
        }

        await deletions.ForgetOldAsync(type, cancellationToken);
        if (left > 0)
        {
            LogLimit(type, left, options.MaxDeletions);
        }

        return new OrphanSweepResult(deleted, orphans, mismarked);

        async Task SettleAsync(MarkedObject found)
        {
            switch (await evidence.ReadAsync(ClaimOf(inventory, found), cancellationToken))
            {
                case Evidence.RolledBack when deleted >= options.MaxDeletions:
                    left++;
                    break;
                case Evidence.RolledBack when await DeleteAsync(
                    inventory, found, Evidence.RolledBack, cancellationToken):
                    deleted++;
                    break;
                case Evidence.Unknown:
                    orphans++;
                    await TellAsync(inventory, found, begun, cancellationToken);
                    break;
                case Evidence.RecordedLater:
                    mismarked++;
                    LogMismarked(type, found.Name, found.Mark.Attempt, found.Mark.Tenant);
                    break;
            }
        }
    }

    /// <summary>Deletes a listed orphan because an operator said so.</summary>
    /// <returns>False when it is not there any more.</returns>
    /// <exception cref="ControlPlaneException">It is explained by now, or its tenant is being provisioned.</exception>
    public async Task<bool> DeleteOnOperatorRequestAsync(Orphan orphan, CancellationToken cancellationToken)
    {
        var inventory = InventoryOf(orphan.Type);
        var each = new ErrorCollector();
        var found = (await inventory.ListMarkedAsync(each, cancellationToken)).FirstOrDefault(o =>
            (o.Mark.Tenant, o.Mark.Attempt) == (orphan.TenantId, orphan.Attempt));
        if (found is null)
        {
            // It may be what could not be read.
            each.ThrowIfFailed();
        }

        if (found is not null && !await DeleteAsync(inventory, found, Evidence.Unknown, cancellationToken))
        {
            throw new ControlPlaneException(ErrorCode.WrongState,
                $"{orphan.Type} {orphan.Name} was not deleted: its attempt is known by now, its tenant is being "
                + "provisioned, or it has changed since it was listed. See `Worker orphans` after the next sweep.");
        }

        await records.ForgetAsync(orphan, cancellationToken);
        return found is not null;
    }

    private async Task<bool> DeleteAsync(
        ISystemInventory inventory, MarkedObject found, Evidence why, CancellationToken cancellationToken)
    {
        var id = deletions.NewId();
        bool isDeleted = await evidence.RunWithTenantLockedAsync(
            ClaimOf(inventory, found),
            why,
            async stillStands =>
            {
                bool isOurs = await inventory.DeleteAsync(
                    found, () => BeforeChangeAsync(stillStands), cancellationToken);
                await deletions.EndAsync(id, cancellationToken);
                return isOurs;
            },
            cancellationToken);
        if (isDeleted)
        {
            LogDeleted(inventory.MarkedType, found.Name, found.Mark.Tenant, found.Mark.Attempt);
        }

        return isDeleted;

        async Task BeforeChangeAsync(Func<Task> stillStands)
        {
            await deletions.BeginAsync(id, inventory.MarkedType, found.Name, cancellationToken);
            await stillStands();
        }
    }

    private async Task TellAsync(
        ISystemInventory inventory, MarkedObject found, DateTimeOffset begun, CancellationToken cancellationToken)
    {
        string reason = string.Create(CultureInfo.InvariantCulture,
            $"Marked as ours, of attempt {found.Mark.Attempt} of tenant {found.Mark.Tenant:D}, which this database "
            + $"does not know.");
        await records.SaveAsync(
            new Orphan(inventory.MarkedType, found.Mark.Tenant, found.Mark.Attempt, found.Name, reason, begun),
            cancellationToken);
        LogOrphan(inventory.MarkedType, found.Name, reason);
    }

    private static Claim ClaimOf(ISystemInventory inventory, MarkedObject found) =>
        new(found.Mark.Tenant, found.Mark.Attempt, inventory.MarkedType, found.Name);

    private ISystemInventory InventoryOf(string type) =>
        inventories.Single(inventory => inventory.MarkedType == type);

    // An alert is set on the first word of these lines.
    [LoggerMessage(EventId = 600, Level = LogLevel.Critical,
        Message = "ORPHAN {Type} {Name}: {Reason} Left alone; once you have looked: `Worker orphans`")]
    private partial void LogOrphan(string type, string name, string reason);

    [LoggerMessage(EventId = 601, Level = LogLevel.Critical,
        Message = "SWEEP_LIMIT {Type}: {Left} more to delete than the {Most} of one sweep (SWEEP_MOST_DELETIONS)")]
    private partial void LogLimit(string type, int left, int most);

    [LoggerMessage(EventId = 612, Level = LogLevel.Critical,
        Message = "SWEEP_MISMARKED {Type} {Name}: Marked as attempt {Attempt}'s of tenant {TenantId}, which was rolled "
            + "back, and on record as a later one's. Left alone; put its mark right.")]
    private partial void LogMismarked(string type, string name, int attempt, Guid tenantId);

    [LoggerMessage(EventId = 602, Level = LogLevel.Warning,
        Message = "Deleted {Type} {Name}, left over from attempt {Attempt} of tenant {TenantId}")]
    private partial void LogDeleted(string type, string name, Guid tenantId, int attempt);
}
