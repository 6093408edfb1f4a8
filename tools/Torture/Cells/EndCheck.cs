using Temporalio.Activities;
using Torture.Environments;
using Worker.Saga;
using Worker.Steps;
using static Torture.Cells.Expectation;

namespace Torture.Cells;

/// <summary>Compares the state of the outside systems with the expected outcome of a cell.</summary>
internal static class EndCheck
{
    private static readonly string[] StatusActivities = ["BeginRollback", "ResumeRollback"];

    private static readonly HashSet<string> RollbackActivities =
    [
        .. StatusActivities, "AssumeResidue", "EndRollback",
        .. StepList.All.Where(step => step.Compensation is not null).SelectMany(step => new[]
        {
            step.CompensateActivity!,
            NameOf(step, nameof(ICompensatedStep.FindResidueAsync)),
        }),
    ];

    /// <summary>Checks the outcome of the first attempt, and that a second attempt succeeds after a failure.</summary>
    public static async Task RunAsync(CellRun run)
    {
        var progress = await run.WaitForEndAsync();
        // A fault on an undo must stay in place until the undo is given up, but no longer.
        await run.RemoveFaultsAsync();
        Expect("faults that have matched too few calls", "", string.Join(", ", run.UnmetFaults), progress);
        await CheckFirstAttemptAsync(run, progress);
        if (run.Cell.SwitchedOffSystem is not null)
        {
            await run.Environment.SwitchOnAsync();
        }

        if (run.Cell.Ending is Ending.Parked)
        {
            await run.Tenant.InviteAsync(run.CancellationToken);
            await run.UntilAsync("told", again => again.StateOf(StepIds.SendNotification) == "DONE");
            await MailCheck.ExpectCountsAsync(run, welcome: IsSentWithoutReport(run) ? 2 : 1, failures: 0);
        }

        if (run.Cell.Ending is Ending.Incomplete)
        {
            await run.Tenant.RollBackAsync(run.CancellationToken);
            await run.UntilAsync("rolled back again", again => again.Status == "PROVISION_FAILED");
            await CheckFailedAsync(run, await run.WaitForEndAsync());
        }

        if (run.Foreign is not null)
        {
            await run.Environment.Observer.RemoveForeignAsync(
                run.Cell.Call.Step, run.Tenant.Key, run.CancellationToken);
        }

        if (run.Cell.Ending is Ending.Failed or Ending.Incomplete)
        {
            // The key is free again: a second attempt must succeed.
            await run.Tenant.ProvisionAsync(run.CancellationToken);
            await CheckActiveAsync(run, await run.WaitForEndAsync(), isFirst: false);
        }
    }

    private static async Task CheckFirstAttemptAsync(CellRun run, Progress progress)
    {
        switch (run.Cell.Ending)
        {
            case Ending.Active or Ending.Parked:
                await CheckActiveAsync(run, progress, isFirst: true);
                break;
            case Ending.Failed:
                await CheckFailedAsync(run, progress);
                break;
            case Ending.Incomplete:
                await CheckIncompleteAsync(run, progress);
                break;
        }
    }

    /// <summary>Checks that each object exists once, as the contract says, without a rollback in the history.</summary>
    private static async Task CheckActiveAsync(CellRun run, Progress progress, bool isFirst)
    {
        Expect("status", "ACTIVE", progress.Status, progress);
        bool isParked = progress.StateOf(StepIds.SendNotification) == "PARKED";
        Expect("welcome mail parked", run.Cell.Ending == Ending.Parked, isParked, progress);
        await MailCheck.ExpectCountsAsync(
            run, isParked && !IsSentWithoutReport(run) ? 0 : 1, isFirst ? 0 : MailCheck.ExpectedFailureMails(run));
        var found = await run.Environment.Observer.FindObjectsAsync(run.Tenant.Key, run.CancellationToken);
        Expect("realms", 1, found.Realms.Count, progress);
        Expect("clients of the application", 1, found.Clients, progress);
        Expect("users", 1, found.Users, progress);
        Expect("schemas", $"tenant_{run.Tenant.Key} of tenant_{run.Tenant.Key}", string.Join(", ", found.Schemas),
            progress);
        Expect("roles", 1, found.Roles.Count, progress);
        Expect("buckets", 1, found.Buckets.Count, progress);
        var deviations = await run.Environment.Observer.FindDeviationsAsync(
            run.Tenant, progress.Attempt, run.CancellationToken);
        Expect("deviations from the contract", "", string.Join("; ", deviations), progress);

        var activities = await run.Environment.Observer.ReadActivitiesAsync(
            run.Tenant.Id, progress.RunId, run.CancellationToken);
        var rollbacks = activities.Where(RollbackActivities.Contains);
        Expect("rollback activities in the history of an ACTIVE tenant",
            isFirst && run.Cell.BeginsRollbackWhenActive ? "BeginRollback" : "", string.Join(", ", rollbacks),
            progress);
    }

    /// <summary>Checks that no object of the tenant exists, and that foreign objects are unchanged.</summary>
    private static async Task CheckFailedAsync(CellRun run, Progress progress)
    {
        Expect("status", "PROVISION_FAILED", progress.Status, progress);
        Expect("failedStep", run.Cell.FailedStep, progress.FailedStep, progress);
        var observer = run.Environment.Observer;
        var found = await observer.FindObjectsAsync(run.Tenant.Key, run.CancellationToken);
        Expect("left", string.Join(", ", run.Foreign?.Names ?? []), string.Join(", ", found.Names), progress);
        Expect("records in state CREATED", "",
            string.Join(", ", await observer.FindCreatedRecordsAsync(run.Tenant.Id, run.CancellationToken)), progress);
        if (run.Foreign is { } before)
        {
            Expect("code of the failure", "ownership_conflict", progress.ErrorCode, progress);
            var after = await observer.ReadForeignAsync(run.Tenant.Key, run.CancellationToken);
            var changes = before.Snapshot.Except(after.Snapshot).Concat(after.Snapshot.Except(before.Snapshot));
            Expect("changes of foreign objects", "", string.Join("; ", changes), progress);
        }

        await MailCheck.ExpectCountsAsync(run, welcome: 0, MailCheck.ExpectedFailureMails(run));
        await MailCheck.CheckContentAsync(run, progress);
        await CheckStatusBeforeUndoAsync(run, progress);
    }

    /// <summary>Checks that ROLLING_BACK was written before the first undo.</summary>
    private static async Task CheckStatusBeforeUndoAsync(CellRun run, Progress progress)
    {
        var beforeUndos = (await run.Environment.Observer.ReadActivitiesAsync(
            run.Tenant.Id, progress.RunId, run.CancellationToken))
            .TakeWhile(activity => StepList.FindActivity(activity) is not { IsUndo: true });
        Expect("ROLLING_BACK written before the first undo",
            true, beforeUndos.Any(StatusActivities.Contains), progress);
    }

    /// <summary>Checks that exactly the expected objects remain, and that each is reported with a reason.</summary>
    private static async Task CheckIncompleteAsync(CellRun run, Progress progress)
    {
        Expect("status", "ROLLBACK_INCOMPLETE", progress.Status, progress);
        Expect("failedStep", run.Cell.FailedStep, progress.FailedStep, progress);
        string key = run.Tenant.Key;
        var left = ExpectedResidue.Of(run.Cell)!;
        var found = await run.Environment.Observer.FindObjectsAsync(key, run.CancellationToken);
        Expect("left", Listed(ExpectedResidue.Fill(left.Remaining, key)),
            Listed(found.Names.Select(WithoutDetails)), progress);
        Expect("users in the remaining realm", 0, found.Users, progress);
        var reported = await run.Tenant.ReadResidueAsync(run.CancellationToken);
        Expect("reported residue", Listed(ExpectedResidue.Fill(left.Reported, key)),
            Listed(reported.Select(residue => residue.Name)), progress);
        Expect("residue without a reason", "",
            Listed(reported.Where(residue => residue.Reason.Length == 0).Select(residue => residue.Name)), progress);
        await MailCheck.ExpectCountsAsync(run, welcome: 0, MailCheck.ExpectedFailureMails(run));
    }

    // The mail was sent, but the report of its step was lost.
    private static bool IsSentWithoutReport(CellRun run) => run.Cell.Call is { IsReport: true };

    private static string NameOf(StepDefinition step, string method) =>
        ActivityDefinition.Create(step.Type.GetMethod(method)!, _ => null).Name!;

    // Drops id, owner and tags.
    private static string WithoutDetails(string name) => string.Join(' ', name.Split(' ').Take(2));
}
