using System.Diagnostics;
using Sandbox.Control;
using Torture.Worlds;
using static Torture.Cells.StepIds;

namespace Torture.Cells;

/// <summary>One cell being run on a tenant of its own.</summary>
internal sealed class CellRun(World world, Cell cell, Tenant tenant, CancellationToken cancellationToken)
{
    /// <summary>For what only takes long when something is wrong.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    private readonly List<SetFault> faults = [];

    public World World => world;

    public Cell Cell => cell;

    public Tenant Tenant => tenant;

    public CancellationToken CancellationToken => cancellationToken;

    /// <summary>Meets the cell's call once.</summary>
    public FaultRule Rule => RuleOf(cell.Call);

    public FaultRule RuleOf(StepCall call) => call.RuleFor(tenant.Key, tenant.Id);

    /// <summary>What of somebody else's stood there from the beginning.</summary>
    public Foreign? Foreign { get; set; }

    /// <summary>As many as there must be.</summary>
    public (int Welcome, int Failures) Mails { get; set; }

    /// <summary>The faults that were set and have not met as many calls as they are for.</summary>
    public IEnumerable<string> Missed => faults.Where(fault => !fault.IsMet).Select(fault => $"{fault}");

    public async Task<SetFault> SetAsync(FaultRule rule)
    {
        var fault = new SetFault(rule, await world.Sandbox.FaultAsync(rule));
        faults.Add(fault);
        return fault;
    }

    /// <summary>With what leads to the call, where the step alone does not.</summary>
    public async Task ProvisionAsync()
    {
        if (cell.Call.AfterLost is { } lost)
        {
            await SetAsync(RuleOf(StepCalls.Find(cell.Call.Step, lost)) with { Kind = FaultKind.LoseAnswer });
        }

        if (cell.Call.Trigger is { } trigger)
        {
            await SetAsync(Ways.Refused(RuleOf(trigger)));
        }

        if (cell.Call.WantsObjects)
        {
            await ProvisionWithObjectsAsync();
        }
        else
        {
            await tenant.ProvisionAsync(cancellationToken);
        }
    }

    /// <summary>Sets a fault, and ends when it has met its call.</summary>
    public async Task<SetFault> HoldAsync(FaultRule rule)
    {
        var fault = await SetAsync(rule);
        await ProvisionAsync();
        await MeetsAsync(fault);
        if (cell.Call is { IsUndo: true, Name: not (StepCalls.RollingBack or "end") })
        {
            // Nothing is undone before everybody is told: the row says so while the undo is held.
            await world.Observer.IsToldAsync(tenant, "ROLLING_BACK", cancellationToken);
        }

        return fault;
    }

    /// <summary>What is held before its effect is cut; the next try has its effect, and its answer is held.</summary>
    public async Task HoldAnswerAsync()
    {
        await NoteAsync();
        var before = faults.ToList();
        var held = await SetAsync(Rule with { Kind = FaultKind.HoldAnswer, Count = 0 });
        foreach (var fault in before)
        {
            await fault.RemoveAsync();
        }

        await MeetsAsync(held);
    }

    public Task<Progress> UntilAsync(string awaited, Func<Progress, bool> condition) =>
        tenant.UntilAsync(awaited, condition, Limit, cancellationToken);

    public Task CancelIsRequestedAsync() => PollAsync("asked to cancel its run", async () =>
        await world.Observer.IsCancelRequestedAsync(tenant.Id, cancellationToken));

    /// <summary>Of what the control plane does not tell itself.</summary>
    public async Task PollAsync(string awaited, Func<Task<bool>> condition)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            if (watch.Elapsed > Limit)
            {
                throw new CellException($"after {Limit.TotalSeconds:0} s nobody has {awaited}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, cancellationToken);
        }
    }

    /// <summary>The tenant's provisioning when nothing goes on by itself any more.</summary>
    public async Task<Progress> EndAsync()
    {
        var progress = await UntilAsync("at its end", progress => progress.HasEnded);
        if (cell.Name.Contains($"{UpdateStatus}.undo.{StepCalls.Mail}", StringComparison.Ordinal) && !progress.IsActive)
        {
            await world.Observer.FailureMailIsOverAsync(tenant.Id, progress.Attempt, cancellationToken)
                .WaitAsync(Limit, cancellationToken);
        }

        if (cell.Call.IsReport)
        {
            // The rows are there before the reports of those who wrote them.
            await world.Observer.RunIsOverAsync(tenant.Id, cancellationToken).WaitAsync(Limit, cancellationToken);
            progress = await tenant.ReadAsync(cancellationToken);
        }

        return progress;
    }

    /// <summary>Takes note of what each fault has met so far: a sandbox that is killed forgets it.</summary>
    public async Task NoteAsync()
    {
        foreach (var fault in faults)
        {
            await fault.NoteAsync();
        }
    }

    /// <summary>Lets go what is held; it takes effect as far as somebody is still there to see to it.</summary>
    public async Task ReleaseAsync()
    {
        foreach (var fault in faults)
        {
            await fault.ReleaseAsync();
        }
    }

    /// <summary>What is held never comes to pass; what is remembered is only what each has met.</summary>
    public async Task RemoveFaultsAsync()
    {
        await NoteAsync();
        foreach (var fault in faults)
        {
            await fault.RemoveAsync();
        }
    }

    private async Task MeetsAsync(SetFault fault)
    {
        try
        {
            await fault.HitAsync().WaitAsync(Limit, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new CellException(
                $"after {Limit.TotalSeconds:0} s {fault} has met no call "
                + $"({await tenant.ReadAsync(cancellationToken)})");
        }

        await NoteAsync();
    }

    // The bucket is there and its step not told to be done yet: so long nobody is at work on it.
    private async Task ProvisionWithObjectsAsync()
    {
        var report = await SetAsync(RuleOf(StepCalls.Find(ProvisionStorage, "report")) with { Kind = FaultKind.Delay });
        await tenant.ProvisionAsync(cancellationToken);
        await MeetsAsync(report);
        await world.Observer.PutObjectsAsync(tenant.Key, cancellationToken);
        await report.ReleaseAsync();
    }
}
