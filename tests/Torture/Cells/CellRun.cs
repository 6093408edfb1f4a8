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
    public FaultRule Rule => cell.Call.RuleFor(tenant.Key, tenant.Id);

    public async Task<SandboxFault> SetAsync(FaultRule rule)
    {
        var fault = await world.Sandbox.FaultAsync(rule);
        faults.Add(fault);
        return fault;
    }

    /// <summary>For an undo, with the failure that leads to it.</summary>
    public async Task ProvisionAsync()
    {
        if (cell.Trigger is { } trigger)
        {
            await SetAsync(trigger.RuleFor(tenant.Key, tenant.Id) with { Status = 403, Count = 0 });
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

    /// <summary>The tenant's provisioning when nothing goes on by itself any more.</summary>
    public Task<Progress> EndAsync() =>
        tenant.UntilAsync("at its end", progress => progress.HasEnded, Limit, cancellation);

    public async Task RemoveFaultsAsync()
    {
        foreach (var fault in faults)
        {
            await fault.DisposeAsync();
        }

        faults.Clear();
    }
}
