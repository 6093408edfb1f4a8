using ControlPlane.Provisioning;
using Torture.Worlds;
using Worker.Provisioning;

namespace Torture.Cells;

/// <summary>How a cell ended, read from the systems and held against how it must end.</summary>
internal static class EndCheck
{
    private const string Welcome = "tenant-welcome", Failure = "tenant-provisioning-failed";

    private static readonly StepCatalog Steps = new();

    /// <summary>After the first attempt.</summary>
    /// <param name="foreign">What of somebody else's stood there from the beginning.</param>
    public static async Task FirstAsync(CellRun run, Progress progress, IReadOnlyList<string> foreign)
    {
        switch (run.Cell.Ending)
        {
            case Ending.Active or Ending.Parked:
                await ActiveAsync(run, progress, failures: 0);
                break;
            case Ending.Failed:
                await FailedAsync(run, progress, foreign);
                break;
            case Ending.Incomplete:
                Expect("status", "ROLLBACK_INCOMPLETE", progress.Status, progress);
                break;
        }
    }

    /// <summary>Everything once, and no undo in the history.</summary>
    public static async Task ActiveAsync(CellRun run, Progress progress, int failures)
    {
        Expect("status", "ACTIVE", progress.Status, progress);
        bool isParked = progress.StateOf(ProvisioningSteps.SendNotification) == "PARKED";
        Expect("welcome mail parked", run.Cell.Ending == Ending.Parked, isParked, progress);
        await MailsAsync(run, welcome: isParked ? 0 : 1, failures);
        var found = await run.World.Observer.LookAsync(run.Tenant.Key, run.Cancellation);
        Expect("realms", 1, found.Realms.Count, progress);
        Expect("clients of the application", 1, found.Clients, progress);
        Expect("users", 1, found.Users, progress);
        Expect("schemas", $"tenant_{run.Tenant.Key} of tenant_{run.Tenant.Key}", string.Join(", ", found.Schemas), progress);
        Expect("roles", 1, found.Roles.Count, progress);
        Expect("bucket with our mark", true,
            found.Buckets is [var bucket] && bucket.Contains($"arc-saas:tenant={run.Tenant.Id}", StringComparison.Ordinal),
            progress);
        var undos = (await run.World.Observer.ActivitiesAsync(run.Tenant.Id, progress.RunId, run.Cancellation))
            .Where(activity => Steps.Find(activity) is { IsUndo: true });
        Expect("undos in the history of a success", "", string.Join(", ", undos), progress);
    }

    private static async Task FailedAsync(CellRun run, Progress progress, IReadOnlyList<string> foreign)
    {
        Expect("status", "PROVISION_FAILED", progress.Status, progress);
        Expect("failedStep", run.Cell.FailedStep, progress.FailedStep, progress);
        var found = await run.World.Observer.LookAsync(run.Tenant.Key, run.Cancellation);
        Expect("left", string.Join(", ", foreign), string.Join(", ", found.Things), progress);
        await MailsAsync(run, welcome: 0, failures: 1);
    }

    // The failure's mail has a workflow of its own, which may end later.
    private static async Task MailsAsync(CellRun run, int welcome, int failures)
    {
        var limit = TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(20);
        var mails = await run.World.Observer.MailsAsync(run.Tenant.Email);
        while (mails[Failure].Count() < failures && TimeProvider.System.GetUtcNow() < limit)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, run.Cancellation);
            mails = await run.World.Observer.MailsAsync(run.Tenant.Email);
        }

        Expect("welcome mails", welcome, mails[Welcome].Count(), null);
        Expect("failure mails", failures, mails[Failure].Count(), null);
    }

    private static void Expect<T>(string what, T expected, T found, Progress? progress)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, found))
        {
            throw new CellException($"{what}: expected {Shown(expected)}, found {Shown(found)}"
                + (progress is null ? "" : $" ({progress})"));
        }
    }

    private static string Shown<T>(T value) => value?.ToString() is { Length: > 0 } text ? text : "nothing";
}
