using Temporalio.Common;
using Temporalio.Exceptions;
using Temporalio.Workflows;
using Worker.Hosting;
using Worker.Saga;
using Worker.Systems.Novu;

namespace Worker.Sweeps;

/// <summary>
/// Finds and settles what no other workflow looks after. Each part stands alone: one that fails does not keep the
/// others from their work, and is tried again by the next sweep, not by this one. A sweep with a failed part tells it
/// and ends as Failed.
/// </summary>
[Workflow("Sweep")]
public sealed class SweepWorkflow
{
    private const string TellsFailures = "tell-failures";

    private readonly List<FailedPart> failed = [];

    [WorkflowRun]
    public async Task<SweepResult> RunAsync()
    {
        int settled = await PartAsync(
            "attempts", TaskQueue.Control.Suffix, (RowActivities rows) => rows.SettleAttemptsAsync());
        int expired = await PartAsync("rows", TaskQueue.Control.Suffix, (RowActivities rows) => rows.ExpireAsync());
        int erased = await PartAsync(
            "contacts", NovuSystem.MainQueue.Suffix, (ContactActivities contacts) => contacts.EraseAsync());
        var orphans = new OrphanSweepResult(0, 0);
        foreach (var system in await PartAsync(
            "systems", TaskQueue.Control.Suffix, (OrphanActivities s) => s.List()) ?? [])
        {
            string type = system.Type;
            if (await PartAsync(type, system.Queue, (OrphanActivities sweep) => sweep.ExecuteAsync(type)) is { } swept)
            {
                orphans = new OrphanSweepResult(orphans.Deleted + swept.Deleted, orphans.Orphans + swept.Orphans);
            }
        }

        if (failed.Count == 0)
        {
            return new SweepResult(settled, expired, erased, orphans.Deleted, orphans.Orphans);
        }

        await TellFailuresAsync();
        throw new ApplicationFailureException(
            $"Not swept: {string.Join(", ", failed.Select(failure => failure.Part))}",
            errorType: "sweep_incomplete",
            nonRetryable: true);
    }

    private async Task<TResult?> PartAsync<TActivities, TResult>(
        string part, string queue, System.Linq.Expressions.Expression<Func<TActivities, Task<TResult>>> activity)
    {
        try
        {
            return await Workflow.ExecuteActivityAsync(activity, new ActivityOptions
            {
                TaskQueue = Workflow.Info.TaskQueue + queue,
                StartToCloseTimeout = TimeSpan.FromMinutes(10),
                HeartbeatTimeout = TimeSpan.FromSeconds(30),
                RetryPolicy = new RetryPolicy { MaximumAttempts = 1 },
            });
        }
        catch (ActivityFailureException e) when (!TemporalException.IsCanceledException(e))
        {
            var (_, code, sentence, _) = WorkflowFailures.Describe(e, part);
            failed.Add(new FailedPart(part, code, sentence));
            return default;
        }
    }

    private async Task TellFailuresAsync()
    {
        if (Workflow.Patched(TellsFailures))
        {
            await Workflow.ExecuteActivityAsync(
                (SweepFailureActivities failures) => failures.TellAsync(failed),
                new ActivityOptions { StartToCloseTimeout = TimeSpan.FromSeconds(30) });
        }
    }
}

/// <param name="Settled">Attempts that had no run and have one now.</param>
/// <param name="Expired">Tenants, invitations and sealed passwords whose time was over.</param>
/// <param name="Erased">Contacts whose retention was over.</param>
/// <param name="Deleted">Objects left by attempts that were rolled back.</param>
/// <param name="Orphans">Objects marked as ours of attempts that the database does not know: left alone.</param>
public sealed record SweepResult(int Settled, int Expired, int Erased, int Deleted, int Orphans);
