using Temporalio.Workflows;
using Worker.Hosting;
using Worker.Systems.Novu;

namespace Worker.Sweeps;

/// <summary>
/// Expires rows, and deletes the objects that no attempt owns. The parts are independent: a failed part does not stop
/// the others, and the next sweep begins it anew. A sweep with a failed part reports it and ends Failed.
/// </summary>
[Workflow("Sweep")]
public sealed class SweepWorkflow
{
    private const string LeavesAttempts = "attempts-apart";

    [WorkflowRun]
    public async Task<SweepResult> RunAsync()
    {
        var parts = new SweepParts();
        int repaired = Workflow.Patched(LeavesAttempts)
            ? 0
            : await parts.RunAsync(
                "attempts", TaskQueue.Control.Suffix, (RowActivities rows) => rows.RepairAttemptsAsync());
        int expired = await parts.RunAsync(
            "rows", TaskQueue.Control.Suffix, (RowActivities rows) => rows.ExpireAsync());
        int erased = await parts.RunAsync(
            "contacts", NovuSystem.MainQueue.Suffix, (ContactActivities contacts) => contacts.EraseAsync());
        var orphans = new OrphanSweepResult(0, 0);
        foreach (var system in await parts.RunAsync(
            "systems", TaskQueue.Control.Suffix, (OrphanActivities sweep) => sweep.List()) ?? [])
        {
            string type = system.Type;
            if (await parts.RunAsync(
                type, system.Queue, (OrphanActivities sweep) => sweep.ExecuteAsync(type)) is { } swept)
            {
                orphans = new OrphanSweepResult(orphans.Deleted + swept.Deleted, orphans.Orphans + swept.Orphans);
            }
        }

        await parts.EndAsync();
        return new SweepResult(repaired, expired, erased, orphans.Deleted, orphans.Orphans);
    }
}

/// <summary>The result of a sweep, as numbers.</summary>
/// <param name="Settled">Always 0; in histories from before <c>RepairAttempts</c> the number of its results.</param>
/// <param name="Expired">Expired tenants, invitations, readings and sealed passwords, and released tenants.</param>
/// <param name="Erased">Leads whose contact data was erased.</param>
/// <param name="Deleted">Deleted objects of rolled-back attempts.</param>
/// <param name="Orphans">Objects whose attempt the database does not know; not touched.</param>
public sealed record SweepResult(int Settled, int Expired, int Erased, int Deleted, int Orphans);
