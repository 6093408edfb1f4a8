using System.Diagnostics;
using Sandbox.Control;
using Testing;
using Torture.Worlds;

namespace Torture.Cells;

/// <summary>One cell being run on a tenant of its own.</summary>
internal sealed class CellRun(World world, Cell cell, Tenant tenant, CancellationToken cancellation)
{
    /// <summary>For what only takes long when something is wrong.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    private readonly List<SandboxFault> faults = [];

    public World World => world;

    public Cell Cell => cell;

    public Tenant Tenant => tenant;

    public CancellationToken Cancellation => cancellation;

    /// <summary>Meets the cell's call once.</summary>
    public FaultRule Rule => RuleOf(cell.Call);

    public FaultRule RuleOf(StepCall call) => call.RuleFor(tenant.Key, tenant.Id);

    /// <summary>What of somebody else's stood there from the beginning.</summary>
    public IReadOnlyList<string> Foreign { get; set; } = [];

    public async Task<SandboxFault> SetAsync(FaultRule rule)
    {
        var fault = await world.Sandbox.FaultAsync(rule);
        faults.Add(fault);
        return fault;
    }

    /// <summary>With what leads to the call, where the step alone does not.</summary>
    public async Task ProvisionAsync()
    {
        if (cell.Lost is { } lost)
        {
            await SetAsync(RuleOf(lost) with { Kind = FaultKind.LoseAnswer });
        }

        if (cell.Trigger is { } trigger)
        {
            await SetAsync(RuleOf(trigger) with { Status = 403, Count = 0 });
        }

        await tenant.ProvisionAsync(cancellation);
    }

    /// <summary>Sets a fault, and ends when it has met its call.</summary>
    public async Task<SandboxFault> HoldAsync(FaultRule rule)
    {
        var fault = await SetAsync(rule);
        await ProvisionAsync();
        await fault.HitAsync().WaitAsync(Limit, cancellation);
        return fault;
    }

    /// <summary>What is held before its effect is cut; the next try has its effect, and its answer is held.</summary>
    public async Task HoldAnswerAsync()
    {
        var before = faults.ToList();
        var held = await SetAsync(Rule with { Kind = FaultKind.HoldAnswer, Count = 0 });
        foreach (var fault in before)
        {
            await fault.DisposeAsync();
            faults.Remove(fault);
        }

        await held.HitAsync().WaitAsync(Limit, cancellation);
    }

    /// <summary>Whether the cell's own fault has met its call at all.</summary>
    public async Task<bool> HasMetAsync() => await faults[0].HitsAsync() > 0;

    public Task<Progress> UntilAsync(string awaited, Func<Progress, bool> condition) =>
        tenant.UntilAsync(awaited, condition, Limit, cancellation);

    public Task CancelIsRequestedAsync() => PollAsync("asked to cancel its run", async () =>
        await world.Observer.IsCancelRequestedAsync(tenant.Id, cancellation));

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

            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, cancellation);
        }
    }

    /// <summary>The tenant's provisioning when nothing goes on by itself any more.</summary>
    public async Task<Progress> EndAsync()
    {
        var progress = await UntilAsync("at its end", progress => progress.HasEnded);
        if (cell.Call.IsReport)
        {
            // The rows are there before the reports of those who wrote them.
            await world.Observer.RunIsOverAsync(tenant.Id, cancellation).WaitAsync(Limit, cancellation);
            progress = await tenant.ReadAsync(cancellation);
        }

        return progress;
    }

    /// <summary>Lets go what is held; it takes effect as far as somebody is still there to see to it.</summary>
    public async Task ReleaseAsync()
    {
        foreach (var fault in faults)
        {
            await fault.ReleaseAsync();
        }
    }

    public async Task RemoveFaultsAsync()
    {
        foreach (var fault in faults)
        {
            await fault.DisposeAsync();
        }

        faults.Clear();
    }
}
