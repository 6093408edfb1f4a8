using System.Diagnostics;
using Sandbox.Control;
using Torture.Environments;
using static Torture.Cells.StepIds;

namespace Torture.Cells;

/// <summary>The execution of one cell on its own tenant.</summary>
internal sealed class CellRun(
    TortureEnvironment environment, Cell cell, Tenant tenant, CancellationToken cancellationToken)
{
    /// <summary>The timeout of each wait. Only a failing cell reaches it.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromMinutes(4);

    private readonly List<InjectedFault> faults = [];

    public TortureEnvironment Environment => environment;

    public Cell Cell => cell;

    public Tenant Tenant => tenant;

    public CancellationToken CancellationToken => cancellationToken;

    /// <summary>A rule that matches the cell's call once.</summary>
    public FaultRule Rule => RuleOf(cell.Call);

    public FaultRule RuleOf(StepCall call) => call.RuleFor(tenant.Key, tenant.Id);

    /// <summary>The foreign objects from before the provisioning; null for none.</summary>
    public ForeignObjects? Foreign { get; set; }

    /// <summary>The expected number of mails of each kind.</summary>
    public (int Welcome, int Failures) Mails { get; set; }

    /// <summary>The faults that have matched fewer calls than intended.</summary>
    public IEnumerable<string> UnmetFaults => faults.Where(fault => !fault.IsMet).Select(fault => $"{fault}");

    public async Task<InjectedFault> SetFaultAsync(FaultRule rule)
    {
        var fault = new InjectedFault(rule, await environment.Sandbox.SetFaultAsync(rule));
        faults.Add(fault);
        return fault;
    }

    /// <summary>Starts the provisioning, with the further faults that make the product issue the cell's call.</summary>
    public async Task ProvisionAsync()
    {
        if (cell.Call.AfterLost is { } lost)
        {
            await SetFaultAsync(RuleOf(StepCalls.Find(cell.Call.Step, lost)) with { Kind = FaultKind.LoseAnswer });
        }

        if (cell.Call.Trigger is { } trigger)
        {
            await SetFaultAsync(FaultActions.Refusal(RuleOf(trigger)));
        }

        if (cell.Call.NeedsObjects)
        {
            await ProvisionWithObjectsAsync();
        }
        else
        {
            await tenant.ProvisionAsync(cancellationToken);
        }
    }

    /// <summary>Sets a fault, starts the provisioning and waits until the fault has matched a call.</summary>
    public async Task<InjectedFault> HoldAsync(FaultRule rule)
    {
        var fault = await SetFaultAsync(rule);
        await ProvisionAsync();
        await WaitForHitAsync(fault);
        if (cell.Call is { IsUndo: true, Name: not (StepCalls.RollingBack or "end") })
        {
            // ROLLING_BACK must be visible in API and database before anything is undone.
            await environment.Observer.AssertStatusAsync(tenant, "ROLLING_BACK", cancellationToken);
        }

        return fault;
    }

    /// <summary>
    /// Drops the calls that are held before their effect. The next try takes effect, and its answer is held instead.
    /// </summary>
    public async Task HoldAnswerAsync()
    {
        await RecordHitsAsync();
        var before = faults.ToList();
        var held = await SetFaultAsync(Rule with { Kind = FaultKind.HoldAnswer, Count = 0 });
        foreach (var fault in before)
        {
            await fault.RemoveAsync();
        }

        await WaitForHitAsync(held);
    }

    public Task<Progress> UntilAsync(string awaited, Func<Progress, bool> condition) =>
        tenant.UntilAsync(awaited, condition, Timeout, cancellationToken);

    public Task WaitForCancelRequestAsync() => PollAsync(
        "a cancel request in the run's history",
        () => environment.Observer.IsCancelRequestedAsync(tenant.Id, cancellationToken));

    /// <summary>Waits for a condition that the control plane's API does not show.</summary>
    /// <exception cref="CellException">The condition did not hold within the timeout.</exception>
    public async Task PollAsync(string awaited, Func<Task<bool>> condition)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            if (watch.Elapsed > Timeout)
            {
                throw new CellException($"after {Timeout.TotalSeconds:0} s there is no {awaited}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, cancellationToken);
        }
    }

    /// <summary>Waits until nothing continues without an operator, and returns the tenant's provisioning.</summary>
    public async Task<Progress> WaitForEndAsync()
    {
        var progress = await UntilAsync("at an end", progress => progress.HasEnded);
        if (cell.Name.Contains($"{UpdateStatus}.undo.{StepCalls.Mail}", StringComparison.Ordinal) && !progress.IsActive)
        {
            await environment.Observer.WaitForFailureMailAsync(tenant.Id, progress.Attempt, cancellationToken)
                .WaitAsync(Timeout, cancellationToken);
        }

        if (cell.Call.IsReport)
        {
            // An activity writes its rows before it reports.
            await environment.Observer.WaitForRunAsync(tenant.Id, cancellationToken)
                .WaitAsync(Timeout, cancellationToken);
            progress = await tenant.ReadAsync(cancellationToken);
        }

        return progress;
    }

    /// <summary>Records the hits of each fault so far: a sandbox that is killed loses them.</summary>
    public async Task RecordHitsAsync()
    {
        foreach (var fault in faults)
        {
            await fault.RecordHitsAsync();
        }
    }

    /// <summary>Releases the held calls; each takes effect if its system is still running.</summary>
    public async Task ReleaseFaultsAsync()
    {
        foreach (var fault in faults)
        {
            await fault.ReleaseAsync();
        }
    }

    /// <summary>Removes all faults. Held calls never take effect; only the recorded hits are kept.</summary>
    public async Task RemoveFaultsAsync()
    {
        await RecordHitsAsync();
        foreach (var fault in faults)
        {
            await fault.RemoveAsync();
        }
    }

    private async Task WaitForHitAsync(InjectedFault fault)
    {
        try
        {
            await fault.WaitForHitAsync().WaitAsync(Timeout, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new CellException(
                $"after {Timeout.TotalSeconds:0} s {fault} has matched no call "
                + $"({await tenant.ReadAsync(cancellationToken)})");
        }

        await RecordHitsAsync();
    }

    // While the report of the step is held, the bucket exists and no activity works on it.
    private async Task ProvisionWithObjectsAsync()
    {
        var rule = RuleOf(StepCalls.Find(ProvisionStorage, "report"));
        var report = await SetFaultAsync(rule with { Kind = FaultKind.Delay });
        await tenant.ProvisionAsync(cancellationToken);
        await WaitForHitAsync(report);
        await environment.Observer.PutObjectsAsync(tenant.Key, cancellationToken);
        await report.ReleaseAsync();
    }
}
