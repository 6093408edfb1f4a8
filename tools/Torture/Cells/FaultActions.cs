using Sandbox.Control;
using Sandbox.Demo;
using Progress = Torture.Environments.Progress;

namespace Torture.Cells;

/// <summary>The actions of a cell that set its faults, and those that run while a call is held.</summary>
internal static class FaultActions
{
    /// <summary>Sets the rules and starts the provisioning.</summary>
    public static async Task InjectAsync(CellRun run, params FaultRule[] rules)
    {
        foreach (var rule in rules)
        {
            await run.SetFaultAsync(rule);
        }

        await run.ProvisionAsync();
    }

    /// <summary>A permanent refusal of the content: HTTP 400, or SQLSTATE 22023 of PostgreSQL.</summary>
    public static FaultRule Refusal(FaultRule rule) => rule with
    {
        Count = 0,
        Status = 400,
        SqlState = rule.System == "postgres" ? "22023" : null,
    };

    /// <summary>
    /// A permanent refusal of the cell's call. A reading gets 503, which is retried until it is given up.
    /// </summary>
    public static FaultRule Refusal(CellRun run) => run.Cell.Call.Name is StepCalls.Residue or StepCalls.LookAgain
        ? run.Rule with { Count = 0, Status = 503 }
        : Refusal(run.Rule);

    /// <summary>Fails the step while its first request is still in flight, and releases that request later.</summary>
    public static async Task DelayEffectAsync(CellRun run, Func<Progress, bool> releaseWhen)
    {
        var delayed = await run.SetFaultAsync(run.Rule with { Kind = FaultKind.LateEffect });
        // An open transaction blocks every further try before its commit, so no refusal is needed.
        await InjectAsync(run, run.Cell.Call.IsTransaction ? [] : [Refusal(run)]);
        await run.UntilAsync("in the state for the delayed effect", releaseWhen);
        await delayed.ReleaseAsync();
    }

    /// <summary>
    /// Delays the commit of Activate Tenant until the step has failed and the rollback waits for the tenant's row.
    /// </summary>
    public static async Task DelayActivateAsync(CellRun run)
    {
        var delayed = await run.SetFaultAsync(run.Rule with { Kind = FaultKind.LateEffect });
        // Update Status locks the row first, the delayed try second; the third lock is refused.
        await InjectAsync(run, run.Rule with
        {
            Method = "SELECT",
            Query = "SELECT status FROM tenants*FOR UPDATE",
            BodyContains = run.Tenant.Id,
            Skip = 2,
            SqlState = "22023",
        });
        var observer = run.Environment.Observer;
        await run.PollAsync("rollback that waits for the tenant's row", async () =>
            (await observer.ReadActivitiesAsync(run.Tenant.Id, null, run.CancellationToken)).Contains("BeginRollback")
            && await observer.HasTenantLockWaiterAsync(run.CancellationToken));
        await delayed.ReleaseAsync();
    }

    /// <summary>Creates a foreign object with the name of the tenant's, then starts the provisioning.</summary>
    public static async Task ProvisionWithForeignAsync(CellRun run, bool isBare)
    {
        var observer = run.Environment.Observer;
        await observer.MakeForeignAsync(run.Cell.Call.Step, run.Tenant.Key, isBare, run.CancellationToken);
        run.Foreign = await observer.ReadForeignAsync(run.Tenant.Key, run.CancellationToken);
        await run.ProvisionAsync();
    }

    /// <summary>Cancels the provisioning while the call is held.</summary>
    public static async Task CancelAsync(CellRun run)
    {
        var held = await run.HoldAsync(run.Rule with { Kind = FaultKind.Delay });
        var cancelling = run.Tenant.CancelAsync(run.CancellationToken);
        if (run.Cell.Call is { Step: StepIds.ActivateTenant, IsReport: false })
        {
            // The cancel waits for the row lock of this transaction, and is then refused: the tenant is ACTIVE.
            await run.WaitForCancelRequestAsync();
            await held.ReleaseAsync();
        }

        if (run.Cell.Ending == Ending.Active)
        {
            await AssertCancelRefusedAsync(cancelling);
        }
        else
        {
            await cancelling;
            await run.Environment.Observer.AssertStatusAsync(run.Tenant, "ROLLING_BACK", run.CancellationToken);
        }

        await held.ReleaseAsync();
    }

    /// <summary>Terminates the run while the call is held, then rolls back as an operator.</summary>
    public static async Task TerminateAsync(CellRun run)
    {
        var held = await run.HoldAsync(run.Rule with { Kind = FaultKind.Delay });
        await run.Environment.Observer.TerminateAsync(run.Tenant.Id, run.CancellationToken);
        var rollingBack = run.Tenant.RollBackAsync(run.CancellationToken);
        if (run.Cell.Call.LocksTenant)
        {
            await run.PollAsync("rollback that waits for the row lock of the call", async () =>
                rollingBack.IsCompleted
                || await run.Environment.Observer.HasTenantLockWaiterAsync(run.CancellationToken));
            if (!run.Cell.Call.IsUndo)
            {
                // If the transaction committed, there would be nothing to roll back.
                await run.RemoveFaultsAsync();
            }
        }
        else
        {
            await rollingBack;
        }

        await held.ReleaseAsync();
        await rollingBack;
    }

    /// <summary>Terminates the run while the call is held, then lets the sweep repair the tenant.</summary>
    public static async Task SweepAsync(CellRun run)
    {
        var held = await run.HoldAsync(run.Rule with { Kind = FaultKind.Delay });
        await run.Environment.Observer.TerminateAsync(run.Tenant.Id, run.CancellationToken);
        if (run.Cell.Call.Step == StepIds.ActivateTenant)
        {
            await held.ReleaseAsync();
        }
        else if (!run.Cell.Call.HasUndo)
        {
            // The transaction never commits and releases its row lock.
            await run.RemoveFaultsAsync();
        }

        await run.Environment.Observer.SweepAsync(run.Tenant.Id, run.CancellationToken);
        if (run.Cell.Ending == Ending.Active)
        {
            await run.UntilAsync("completed by the sweep", progress =>
                progress.HasEnded && progress.StateOf(StepIds.SendNotification) == "DONE");
        }
        else
        {
            await run.UntilAsync("rolled back by the sweep", progress => progress.IsRollingBack || progress.HasEnded);
            await run.ReleaseFaultsAsync();
        }

        // The sweep also processes the tenants of other cells.
        await run.Environment.Observer.WaitForSweepAsync(run.Tenant.Id, run.CancellationToken)
            .WaitAsync(CellRun.Timeout, run.CancellationToken);
    }

    private static async Task AssertCancelRefusedAsync(Task cancelling)
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
