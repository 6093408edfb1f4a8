using ControlPlane.Provisioning;
using Sandbox.Control;
using Sandbox.Demo;
using Progress = Torture.Environments.Progress;

namespace Torture.Cells;

/// <summary>The faults that take more than a rule: somebody does something while a call is held.</summary>
internal static class FaultActions
{
    public static async Task InjectAsync(CellRun run, params FaultRule[] rules)
    {
        foreach (var rule in rules)
        {
            await run.SetFaultAsync(rule);
        }

        await run.ProvisionAsync();
    }

    /// <summary>For good, and with no doubt about it.</summary>
    public static FaultRule Refusal(FaultRule rule) => rule with
    {
        Count = 0,
        Status = 403,
        SqlState = rule.System == "postgres" ? "42501" : null,
    };

    /// <summary>
    /// For good. A reading is tried again, and then given up: the 403 to a HEAD would be another account's bucket.
    /// </summary>
    public static FaultRule Refusal(CellRun run) => run.Cell.Call.Name is StepCalls.Residue or StepCalls.LookAgain
        ? run.Rule with { Count = 0, Status = 503 }
        : Refusal(run.Rule);

    /// <summary>The step fails while its first request is still on its way.</summary>
    public static async Task DelayEffectAsync(CellRun run, Func<Progress, bool> releaseWhen)
    {
        var delayed = await run.SetFaultAsync(run.Rule with { Kind = FaultKind.LateEffect });
        // An open transaction lets no further try come as far as its own commit.
        await InjectAsync(run, run.Cell.Call.IsTransaction ? [] : [Refusal(run)]);
        await run.UntilAsync("so far that the effect may come", releaseWhen);
        await delayed.ReleaseAsync();
    }

    /// <summary>
    /// The commit of Activate is still on its way when the step has failed and the rollback asks for the row.
    /// </summary>
    public static async Task DelayActivateAsync(CellRun run)
    {
        var delayed = await run.SetFaultAsync(run.Rule with { Kind = FaultKind.LateEffect });
        // The first who asks for the row is Update Status, the second the try that is late; the next one is refused.
        await InjectAsync(run, run.Rule with
        {
            Method = "SELECT",
            Query = "SELECT status FROM tenants*FOR UPDATE",
            BodyContains = run.Tenant.Id,
            Skip = 2,
            SqlState = "42501",
        });
        await run.PollAsync("begun the rollback, and so come to wait for the row", async () =>
            (await run.Environment.Observer.ReadActivitiesAsync(run.Tenant.Id, null, run.CancellationToken)).Contains(
                "BeginRollback")
            && await run.Environment.Observer.HasTenantLockWaiterAsync(run.CancellationToken));
        await delayed.ReleaseAsync();
    }

    public static async Task ProvisionWithForeignAsync(CellRun run, bool isBare)
    {
        var observer = run.Environment.Observer;
        await observer.MakeForeignAsync(run.Cell.Call.Step, run.Tenant.Key, isBare, run.CancellationToken);
        run.Foreign = await observer.ReadForeignAsync(run.Tenant.Key, run.CancellationToken);
        await run.ProvisionAsync();
    }

    public static async Task CancelAsync(CellRun run)
    {
        var held = await run.HoldAsync(run.Rule with { Kind = FaultKind.Delay });
        var cancelling = run.Tenant.CancelAsync(run.CancellationToken);
        if (run.Cell.Call is { Step: ProvisioningSteps.ActivateTenant, IsReport: false })
        {
            // The cancel waits for the row that this transaction holds, and then comes too late.
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

    public static async Task TerminateAsync(CellRun run)
    {
        var held = await run.HoldAsync(run.Rule with { Kind = FaultKind.Delay });
        await run.Environment.Observer.TerminateAsync(run.Tenant.Id, run.CancellationToken);
        var rollingBack = run.Tenant.RollBackAsync(run.CancellationToken);
        if (run.Cell.Call.LocksTenant)
        {
            await run.PollAsync("waited for the row that the call holds", async () =>
                rollingBack.IsCompleted || await run.Environment.Observer.HasTenantLockWaiterAsync(run.CancellationToken));
            if (!run.Cell.Call.IsUndo)
            {
                // Were it to come to pass, there would be nothing to roll back.
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

    /// <summary>Nobody but the sweep looks after what was terminated.</summary>
    public static async Task SweepAsync(CellRun run)
    {
        var held = await run.HoldAsync(run.Rule with { Kind = FaultKind.Delay });
        await run.Environment.Observer.TerminateAsync(run.Tenant.Id, run.CancellationToken);
        if (run.Cell.Call.Step == ProvisioningSteps.ActivateTenant)
        {
            await held.ReleaseAsync();
        }
        else if (!run.Cell.Call.HasUndo)
        {
            // It never comes to pass, and the row that its transaction holds is free.
            await run.RemoveFaultsAsync();
        }

        await run.Environment.Observer.SweepAsync(run.Tenant.Id, run.CancellationToken);
        if (run.Cell.Ending == Ending.Active)
        {
            await run.UntilAsync("settled by the sweep", progress =>
                progress.HasEnded && progress.StateOf(ProvisioningSteps.SendNotification) == "DONE");
        }
        else
        {
            await run.UntilAsync("rolled back by the sweep", progress => progress.IsRollingBack || progress.HasEnded);
            await run.ReleaseFaultsAsync();
        }

        // It also looks at what is other cells'.
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
