using System.Diagnostics;
using Sandbox.Control;
using Torture.Environments;
using static ControlPlane.Provisioning.ProvisioningSteps;

namespace Torture.Cells;

/// <summary>One cell being run on a tenant of its own.</summary>
internal sealed class CellRun(TortureEnvironment environment, Cell cell, Tenant tenant, CancellationToken cancellationToken)
{
    /// <summary>For what only takes long when something is wrong.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromMinutes(4);

    private readonly List<InjectedFault> faults = [];

    public TortureEnvironment Environment => environment;

    public Cell Cell => cell;

    public Tenant Tenant => tenant;

    public CancellationToken CancellationToken => cancellationToken;

    /// <summary>Meets the cell's call once.</summary>
    public FaultRule Rule => RuleOf(cell.Call);

    public FaultRule RuleOf(StepCall call) => call.RuleFor(tenant.Key, tenant.Id);

    /// <summary>What of somebody else's stood there from the beginning.</summary>
    public ForeignObjects? Foreign { get; set; }

    /// <summary>As many as there must be.</summary>
    public (int Welcome, int Failures) Mails { get; set; }

    /// <summary>The faults that were set and have not met as many calls as they are for.</summary>
    public IEnumerable<string> UnmetFaults => faults.Where(fault => !fault.IsMet).Select(fault => $"{fault}");

    public async Task<InjectedFault> SetFaultAsync(FaultRule rule)
    {
        var fault = new InjectedFault(rule, await environment.Sandbox.FaultAsync(rule));
        faults.Add(fault);
        return fault;
    }

    /// <summary>With what leads to the call, where the step alone does not.</summary>
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

    /// <summary>Sets a fault, and ends when it has met its call.</summary>
    public async Task<InjectedFault> HoldAsync(FaultRule rule)
    {
        var fault = await SetFaultAsync(rule);
        await ProvisionAsync();
        await WaitForHitAsync(fault);
        if (cell.Call is { IsUndo: true, Name: not (StepCalls.RollingBack or "end") })
        {
            // Nothing is undone before everybody is told: the row says so while the undo is held.
            await environment.Observer.AssertStatusAsync(tenant, "ROLLING_BACK", cancellationToken);
        }

        return fault;
    }

    /// <summary>What is held before its effect is cut; the next try has its effect, and its answer is held.</summary>
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

    public Task WaitForCancelRequestAsync() => PollAsync("asked to cancel its run", async () =>
        await environment.Observer.IsCancelRequestedAsync(tenant.Id, cancellationToken));

    /// <summary>Of what the control plane does not tell itself.</summary>
    public async Task PollAsync(string awaited, Func<Task<bool>> condition)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            if (watch.Elapsed > Timeout)
            {
                throw new CellException($"after {Timeout.TotalSeconds:0} s nobody has {awaited}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, cancellationToken);
        }
    }

    /// <summary>The tenant's provisioning when nothing goes on by itself any more.</summary>
    public async Task<Progress> WaitForEndAsync()
    {
        var progress = await UntilAsync("at its end", progress => progress.HasEnded);
        if (cell.Name.Contains($"{UpdateStatus}.undo.{StepCalls.Mail}", StringComparison.Ordinal) && !progress.IsActive)
        {
            await environment.Observer.WaitForFailureMailAsync(tenant.Id, progress.Attempt, cancellationToken)
                .WaitAsync(Timeout, cancellationToken);
        }

        if (cell.Call.IsReport)
        {
            // The rows are there before the reports of those who wrote them.
            await environment.Observer.WaitForRunAsync(tenant.Id, cancellationToken).WaitAsync(Timeout, cancellationToken);
            progress = await tenant.ReadAsync(cancellationToken);
        }

        return progress;
    }

    /// <summary>Takes note of what each fault has met so far: a sandbox that is killed forgets it.</summary>
    public async Task RecordHitsAsync()
    {
        foreach (var fault in faults)
        {
            await fault.RecordHitsAsync();
        }
    }

    /// <summary>Lets go what is held; it takes effect as far as somebody is still there to see to it.</summary>
    public async Task ReleaseFaultsAsync()
    {
        foreach (var fault in faults)
        {
            await fault.ReleaseAsync();
        }
    }

    /// <summary>What is held never comes to pass; what is remembered is only what each has met.</summary>
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
                $"after {Timeout.TotalSeconds:0} s {fault} has met no call "
                + $"({await tenant.ReadAsync(cancellationToken)})");
        }

        await RecordHitsAsync();
    }

    // The bucket is there and its step not told to be done yet: so long nobody is at work on it.
    private async Task ProvisionWithObjectsAsync()
    {
        var report = await SetFaultAsync(RuleOf(StepCalls.Find(ProvisionStorage, "report")) with { Kind = FaultKind.Delay });
        await tenant.ProvisionAsync(cancellationToken);
        await WaitForHitAsync(report);
        await environment.Observer.PutObjectsAsync(tenant.Key, cancellationToken);
        await report.ReleaseAsync();
    }
}
