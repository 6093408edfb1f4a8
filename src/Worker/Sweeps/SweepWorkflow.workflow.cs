using Temporalio.Common;
using Temporalio.Exceptions;
using Temporalio.Workflows;
using Worker.Hosting;
using Worker.Saga;
using Worker.Systems.Novu;

namespace Worker.Sweeps;

/// <summary>
/// Repairs what no running workflow owns. The parts are independent: a failed part does not stop the others, and is
/// retried by the next sweep, not by this one. A sweep with a failed part reports it and ends Failed.
/// </summary>
[Workflow("Sweep")]
public sealed class SweepWorkflow
{
    private const string ReportsFailures = "tell-failures";

    private readonly List<FailedPart> failed = [];

    [WorkflowRun]
    public async Task<SweepResult> RunAsync()
    {
        int repaired = await RunPartAsync(
            "attempts", TaskQueue.Control.Suffix, (RowActivities rows) => rows.RepairAttemptsAsync());
        int expired = await RunPartAsync("rows", TaskQueue.Control.Suffix, (RowActivities rows) => rows.ExpireAsync());
        int erased = await RunPartAsync(
            "contacts", NovuSystem.MainQueue.Suffix, (ContactActivities contacts) => contacts.EraseAsync());
        var orphans = new OrphanSweepResult(0, 0);
        foreach (var system in await RunPartAsync(
            "systems", TaskQueue.Control.Suffix, (OrphanActivities sweep) => sweep.List()) ?? [])
        {
            string type = system.Type;
            if (await RunPartAsync(
                type, system.Queue, (OrphanActivities sweep) => sweep.ExecuteAsync(type)) is { } swept)
            {
                orphans = new OrphanSweepResult(orphans.Deleted + swept.Deleted, orphans.Orphans + swept.Orphans);
            }
        }

        if (failed.Count == 0)
        {
            return new SweepResult(repaired, expired, erased, orphans.Deleted, orphans.Orphans);
        }

        await ReportFailuresAsync();
        throw new ApplicationFailureException(
            $"Not swept: {string.Join(", ", failed.Select(failure => failure.Part))}",
            errorType: "sweep_incomplete",
            nonRetryable: true);
    }

    private async Task<TResult?> RunPartAsync<TActivities, TResult>(
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

    private async Task ReportFailuresAsync()
    {
        if (Workflow.Patched(ReportsFailures))
        {
            await Workflow.ExecuteActivityAsync(
                (SweepFailureActivities failures) => failures.ReportAsync(failed),
                new ActivityOptions { StartToCloseTimeout = TimeSpan.FromSeconds(30) });
        }
    }
}

/// <summary>The result of a sweep, as numbers.</summary>
/// <param name="Settled">Attempts and welcome mails for which a run was started.</param>
/// <param name="Expired">Expired tenants, invitations and sealed passwords, and released tenants.</param>
/// <param name="Erased">Leads whose contact data was erased.</param>
/// <param name="Deleted">Deleted objects of rolled-back attempts.</param>
/// <param name="Orphans">Objects whose attempt the database does not know; not touched.</param>
public sealed record SweepResult(int Settled, int Expired, int Erased, int Deleted, int Orphans);
