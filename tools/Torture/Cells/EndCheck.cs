using Temporalio.Activities;
using Torture.Worlds;
using Worker.Saga;
using Worker.Steps;
using static Torture.Cells.Expectation;

namespace Torture.Cells;

/// <summary>How a cell ended, read from the systems and held against how it must end.</summary>
internal static class EndCheck
{
    private static readonly string[] Telling = ["BeginRollback", "ResumeRollback"];

    private static readonly HashSet<string> Rollbacks =
    [
        .. Telling, "AssumeResidue", "EndRollback",
        .. StepList.All.Where(step => step.Compensation is not null).SelectMany(step => new[]
        {
            step.CompensateActivity!,
            NameOf(step, nameof(ICompensatedStep.FindResidueAsync)),
        }),
    ];

    /// <summary>How the first attempt ended, and that whatever is left of it stands in nobody's way.</summary>
    public static async Task RunAsync(CellRun run)
    {
        var progress = await run.EndAsync();
        // An undo that is tried in vain needs its fault until it is given up, and no longer.
        await run.RemoveFaultsAsync();
        Expect("faults that have met no call", "", string.Join(", ", run.Missed), progress);
        await FirstAsync(run, progress);
        if (run.Cell.Off is not null)
        {
            await run.World.SwitchOnAsync();
        }

        if (run.Cell.Ending is Ending.Parked)
        {
            await run.Tenant.InviteAsync(run.CancellationToken);
            await run.UntilAsync("told", again => again.StateOf(StepIds.SendNotification) == "DONE");
            await MailCheck.CountAsync(run, welcome: IsSentUnheard(run) ? 2 : 1, failures: 0);
        }

        if (run.Cell.Ending is Ending.Incomplete)
        {
            await run.Tenant.RollBackAsync(run.CancellationToken);
            await run.UntilAsync("rolled back again", again => again.Status == "PROVISION_FAILED");
            await FailedAsync(run, await run.EndAsync());
        }

        if (run.Foreign is not null)
        {
            await run.World.Observer.RemoveForeignAsync(run.Cell.Call.Step, run.Tenant.Key, run.CancellationToken);
        }

        if (run.Cell.Ending is Ending.Failed or Ending.Incomplete)
        {
            // The key is free: another attempt gets everything.
            await run.Tenant.ProvisionAsync(run.CancellationToken);
            await ActiveAsync(run, await run.EndAsync(), isFirst: false);
        }
    }

    private static async Task FirstAsync(CellRun run, Progress progress)
    {
        switch (run.Cell.Ending)
        {
            case Ending.Active or Ending.Parked:
                await ActiveAsync(run, progress, isFirst: true);
                break;
            case Ending.Failed:
                await FailedAsync(run, progress);
                break;
            case Ending.Incomplete:
                await IncompleteAsync(run, progress);
                break;
        }
    }

    /// <summary>Everything once, as the contract says, and nothing of a rollback in the history.</summary>
    private static async Task ActiveAsync(CellRun run, Progress progress, bool isFirst)
    {
        Expect("status", "ACTIVE", progress.Status, progress);
        bool isParked = progress.StateOf(StepIds.SendNotification) == "PARKED";
        Expect("welcome mail parked", run.Cell.Ending == Ending.Parked, isParked, progress);
        await MailCheck.CountAsync(
            run, isParked && !IsSentUnheard(run) ? 0 : 1, isFirst ? 0 : MailCheck.OfFailure(run));
        var found = await run.World.Observer.LookAsync(run.Tenant.Key, run.CancellationToken);
        Expect("realms", 1, found.Realms.Count, progress);
        Expect("clients of the application", 1, found.Clients, progress);
        Expect("users", 1, found.Users, progress);
        Expect("schemas", $"tenant_{run.Tenant.Key} of tenant_{run.Tenant.Key}", string.Join(", ", found.Schemas),
            progress);
        Expect("roles", 1, found.Roles.Count, progress);
        Expect("buckets", 1, found.Buckets.Count, progress);
        var wrong = await run.World.Observer.WrongAsync(run.Tenant, progress.Attempt, run.CancellationToken);
        Expect("wrong in what is there", "", string.Join("; ", wrong), progress);

        var rollbacks = (await run.World.Observer.ActivitiesAsync(run.Tenant.Id, progress.RunId, run.CancellationToken))
            .Where(Rollbacks.Contains);
        Expect("rollback in the history of a success",
            isFirst && run.Cell.AsksForRow ? "BeginRollback" : "", string.Join(", ", rollbacks), progress);
    }

    /// <summary>Nothing is there but what is somebody else's, and that is untouched.</summary>
    private static async Task FailedAsync(CellRun run, Progress progress)
    {
        Expect("status", "PROVISION_FAILED", progress.Status, progress);
        Expect("failedStep", run.Cell.FailedStep, progress.FailedStep, progress);
        var observer = run.World.Observer;
        var found = await observer.LookAsync(run.Tenant.Key, run.CancellationToken);
        Expect("left", string.Join(", ", run.Foreign?.Things ?? []), string.Join(", ", found.Things), progress);
        Expect("records of what is there", "",
            string.Join(", ", await observer.CreatedAsync(run.Tenant.Id, run.CancellationToken)), progress);
        if (run.Foreign is { } before)
        {
            Expect("code of the failure", "ownership_conflict", progress.ErrorCode, progress);
            var after = await observer.ForeignAsync(run.Tenant.Key, run.CancellationToken);
            Expect("changed of somebody else's", "",
                string.Join("; ", before.Picture.Except(after.Picture).Concat(after.Picture.Except(before.Picture))),
                progress);
        }

        await MailCheck.CountAsync(run, welcome: 0, MailCheck.OfFailure(run));
        await MailCheck.ContentAsync(run, progress);
        await ToldFirstAsync(run, progress);
    }

    /// <summary>That the tenant is ROLLING_BACK was written down before anything was undone.</summary>
    private static async Task ToldFirstAsync(CellRun run, Progress progress)
    {
        var beforeUndos = (await run.World.Observer.ActivitiesAsync(
            run.Tenant.Id, progress.RunId, run.CancellationToken))
            .TakeWhile(activity => StepList.FindActivity(activity) is not { IsUndo: true });
        Expect("ROLLING_BACK told before the first undo", true, beforeUndos.Any(Telling.Contains), progress);
    }

    /// <summary>The rest is gone, and what is left is named with its reason: that and nothing else.</summary>
    private static async Task IncompleteAsync(CellRun run, Progress progress)
    {
        Expect("status", "ROLLBACK_INCOMPLETE", progress.Status, progress);
        Expect("failedStep", run.Cell.FailedStep, progress.FailedStep, progress);
        string key = run.Tenant.Key;
        var left = Leftovers.Of(run.Cell)!;
        var found = await run.World.Observer.LookAsync(key, run.CancellationToken);
        Expect("left", Listed(Leftovers.Fill(left.Stays, key)), Listed(found.Things.Select(Named)), progress);
        Expect("users in a realm that is left", 0, found.Users, progress);
        var told = await run.Tenant.LeftAsync(run.CancellationToken);
        Expect("told to be left", Listed(Leftovers.Fill(left.Told, key)), Listed(told.Select(one => one.Thing)),
            progress);
        Expect("without a reason", "",
            Listed(told.Where(one => one.Reason.Length == 0).Select(one => one.Thing)), progress);
        await MailCheck.CountAsync(run, welcome: 0, MailCheck.OfFailure(run));
    }

    // It was sent, and its step heard nothing of it.
    private static bool IsSentUnheard(CellRun run) => run.Cell.Call is { IsReport: true };

    private static string NameOf(StepDefinition step, string method) =>
        ActivityDefinition.Create(step.Type.GetMethod(method)!, _ => null).Name!;

    // Without its id, owner or tags.
    private static string Named(string thing) => string.Join(' ', thing.Split(' ').Take(2));
}
