using ControlPlane.Provisioning;
using Torture.Worlds;
using Worker.Provisioning;

namespace Torture.Cells;

/// <summary>How a cell ended, read from the systems and held against how it must end.</summary>
internal static class EndCheck
{
    private const string Welcome = "tenant-welcome", Failure = "tenant-provisioning-failed";

    private static readonly StepCatalog Steps = new();

    private static readonly string[] Telling = ["BeginRollback", "ResumeRollback"];

    /// <summary>How the first attempt ended, and that whatever is left of it stands in nobody's way.</summary>
    public static async Task RunAsync(CellRun run)
    {
        var progress = await run.EndAsync();
        if (run.Cell.Fault.How is not null)
        {
            Expect("the fault has met its call", true, await run.HasMetAsync(), progress);
        }

        // An undo that is tried in vain needs its fault until it is given up, and no longer.
        await run.RemoveFaultsAsync();
        await FirstAsync(run, progress);
        if (run.Cell.Off is not null)
        {
            await run.World.SwitchOnAsync();
        }

        if (run.Cell.Ending is Ending.Parked)
        {
            await run.Tenant.InviteAsync(run.Cancellation);
            await run.UntilAsync("told", again => again.StateOf(ProvisioningSteps.SendNotification) == "DONE");
            await MailsAsync(run, welcome: run.Cell.Call.IsReport ? 2 : 1, failures: 0);
        }

        if (run.Cell.Ending is Ending.Incomplete)
        {
            await run.Tenant.RollBackAsync(run.Cancellation);
            await run.UntilAsync("rolled back again", again => again.Status == "PROVISION_FAILED");
            await FailedAsync(run, await run.EndAsync());
        }

        if (run.Foreign.Count > 0)
        {
            await run.World.Observer.RemoveForeignAsync(run.Cell.Call.Step, run.Tenant.Key, run.Cancellation);
        }

        if (run.Cell.Ending is Ending.Failed or Ending.Incomplete)
        {
            // The key is free: another attempt gets everything.
            await run.Tenant.ProvisionAsync(run.Cancellation);
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

    /// <summary>Everything once, and no undo in the history.</summary>
    private static async Task ActiveAsync(CellRun run, Progress progress, bool isFirst)
    {
        Expect("status", "ACTIVE", progress.Status, progress);
        bool isParked = progress.StateOf(ProvisioningSteps.SendNotification) == "PARKED";
        Expect("welcome mail parked", run.Cell.Ending == Ending.Parked, isParked, progress);
        await MailsAsync(run, isParked && !run.Cell.Call.IsReport ? 0 : 1, isFirst ? 0 : FailureMails(run));
        var found = await run.World.Observer.LookAsync(run.Tenant.Key, run.Cancellation);
        Expect("realms", 1, found.Realms.Count, progress);
        Expect("clients of the application", 1, found.Clients, progress);
        Expect("users", 1, found.Users, progress);
        Expect("schemas", $"tenant_{run.Tenant.Key} of tenant_{run.Tenant.Key}", string.Join(", ", found.Schemas),
            progress);
        Expect("roles", 1, found.Roles.Count, progress);
        string mark = $"arc-saas:tenant={run.Tenant.Id}";
        Expect("bucket with our mark", true,
            found.Buckets is [var bucket] && bucket.Contains(mark, StringComparison.Ordinal), progress);
        var undos = (await run.World.Observer.ActivitiesAsync(run.Tenant.Id, progress.RunId, run.Cancellation))
            .Where(activity => Steps.Find(activity) is { IsUndo: true });
        Expect("undos in the history of a success", "", string.Join(", ", undos), progress);
    }

    /// <summary>Nothing is there but what is somebody else's.</summary>
    private static async Task FailedAsync(CellRun run, Progress progress)
    {
        Expect("status", "PROVISION_FAILED", progress.Status, progress);
        Expect("failedStep", run.Cell.FailedStep, progress.FailedStep, progress);
        var found = await run.World.Observer.LookAsync(run.Tenant.Key, run.Cancellation);
        Expect("left", string.Join(", ", run.Foreign), string.Join(", ", found.Things), progress);
        await MailsAsync(run, welcome: 0, FailureMails(run));
        await ToldFirstAsync(run, progress);
    }

    /// <summary>That the tenant is ROLLING_BACK was written down before anything was undone.</summary>
    private static async Task ToldFirstAsync(CellRun run, Progress progress)
    {
        var beforeUndos = (await run.World.Observer.ActivitiesAsync(run.Tenant.Id, progress.RunId, run.Cancellation))
            .TakeWhile(activity => Steps.Find(activity) is not { IsUndo: true });
        Expect("ROLLING_BACK told before the first undo", true, beforeUndos.Any(Telling.Contains), progress);
    }

    /// <summary>The rest is gone, and what is left is named: that and nothing else.</summary>
    private static async Task IncompleteAsync(CellRun run, Progress progress)
    {
        Expect("status", "ROLLBACK_INCOMPLETE", progress.Status, progress);
        Expect("failedStep", run.Cell.FailedStep, progress.FailedStep, progress);
        var (key, step) = (run.Tenant.Key, run.Cell.Call.Step);
        string[] left = step switch
        {
            ProvisioningSteps.CreateIdp => [$"realm tenant-{key}"],
            ProvisioningSteps.ProvisionDatabase => [$"schema tenant_{key}", $"role tenant_{key}"],
            _ => [$"bucket tenant-{key}-files"],
        };
        var found = await run.World.Observer.LookAsync(key, run.Cancellation);
        Expect("left", string.Join(", ", left), string.Join(", ", found.Things.Select(Named)), progress);
        Expect("users in a realm that is left", 0, found.Users, progress);
        var told = await run.Tenant.LeftAsync(run.Cancellation);
        // What is off cannot be read: all that it may hold is named.
        string[] expected = run.Cell.Off == "keycloak"
            ? [$"admin@{key}.com", $"{key}-app", $"tenant-{key}"]
            : [left[0].Split(' ')[1]];
        Expect("told to be left", Listed(expected), Listed(told), progress);
    }

    // Without Novu there is none, also not later.
    private static int FailureMails(CellRun run) => run.Cell.Off == "novu" ? 0 : 1;

    private static string Listed(IEnumerable<string> names) => string.Join(", ", names.Order(StringComparer.Ordinal));

    // Without its id, owner or tags.
    private static string Named(string thing) => string.Join(' ', thing.Split(' ').Take(2));

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
