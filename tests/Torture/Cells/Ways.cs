using ControlPlane.Provisioning;
using Sandbox.Control;
using Sandbox.Demo;
using Progress = Torture.Worlds.Progress;

namespace Torture.Cells;

/// <summary>The faults that take more than a rule: somebody does something while a call is held.</summary>
internal static class Ways
{
    public static async Task MeetAsync(CellRun run, params FaultRule[] rules)
    {
        foreach (var rule in rules)
        {
            await run.SetAsync(rule);
        }

        await run.ProvisionAsync();
    }

    /// <summary>For good.</summary>
    public static FaultRule Refused(CellRun run) => run.Rule with
    {
        Count = 0,
        Status = 403,
        SqlState = run.Cell.Call.IsPostgres ? "42501" : null,
    };

    /// <summary>The step fails while its first request is still on its way.</summary>
    public static async Task LateAsync(CellRun run, Func<Progress, bool> comesWhen)
    {
        var late = await run.SetAsync(run.Rule with { Kind = FaultKind.LateEffect });
        await MeetAsync(run, Refused(run));
        await run.UntilAsync("so far that the effect may come", comesWhen);
        await late.ReleaseAsync();
    }

    public static async Task ForeignAsync(CellRun run)
    {
        string step = run.Cell.Call.Step;
        await run.World.Observer.MakeForeignAsync(step, run.Tenant.Key, run.Cancellation);
        run.Foreign = [.. (await run.World.Observer.LookAsync(run.Tenant.Key, run.Cancellation)).Things];
        await run.ProvisionAsync();
    }

    public static async Task CancelAsync(CellRun run)
    {
        var held = await run.HoldAsync(run.Rule with { Kind = FaultKind.Delay });
        var cancelling = run.Tenant.CancelAsync(run.Cancellation);
        if (run.Cell.Call is { Step: ProvisioningSteps.ActivateTenant, IsReport: false })
        {
            // The cancel waits for the row that this transaction holds, and then comes too late.
            await run.CancelIsRequestedAsync();
            await held.ReleaseAsync();
        }

        if (run.Cell.Ending == Ending.Active)
        {
            await RefusedAsync(cancelling);
        }
        else
        {
            await cancelling;
            var told = await run.Tenant.ReadAsync(run.Cancellation);
            if (!told.IsRollingBack)
            {
                throw new CellException($"the cancel was accepted, and the status is not ROLLING_BACK at once ({told})");
            }
        }

        await held.ReleaseAsync();
    }

    public static async Task TerminateAsync(CellRun run)
    {
        var held = await run.HoldAsync(run.Rule with { Kind = FaultKind.Delay });
        await run.World.Observer.TerminateAsync(run.Tenant.Id, run.Cancellation);
        await run.Tenant.RollBackAsync(run.Cancellation);
        await held.ReleaseAsync();
    }

    /// <summary>Nobody but the sweep looks after what was terminated.</summary>
    public static async Task SweepAsync(CellRun run)
    {
        var held = await run.HoldAsync(run.Rule with { Kind = FaultKind.Delay });
        await run.World.Observer.TerminateAsync(run.Tenant.Id, run.Cancellation);
        if (run.Cell.Call.Step == ProvisioningSteps.ActivateTenant)
        {
            await held.ReleaseAsync();
        }
        else if (!run.Cell.Call.IsUndone)
        {
            // It never comes to pass, and the row that its transaction holds is free.
            await run.RemoveFaultsAsync();
        }

        await run.World.Observer.SweepAsync(run.Tenant.Id, run.Cancellation);
        if (run.Cell.Ending == Ending.Active)
        {
            await run.UntilAsync("settled by the sweep", progress =>
                progress.HasEnded && progress.StateOf(ProvisioningSteps.SendNotification) == "DONE");
        }
        else
        {
            await run.UntilAsync("rolled back by the sweep", progress => progress.IsRollingBack || progress.HasEnded);
            await run.ReleaseAsync();
        }

        // It also looks at what is other cells'.
        await run.World.Observer.SweepIsOverAsync(run.Tenant.Id, run.Cancellation)
            .WaitAsync(CellRun.Limit, run.Cancellation);
    }

    private static async Task RefusedAsync(Task cancelling)
    {
        try
        {
            await cancelling;
        }
        catch (DemoException e) when (e.Message.Contains("wrong_state", StringComparison.Ordinal))
        {
            return;
        }

        throw new CellException("a cancel after the pivot was accepted");
    }
}
