using System.Net;
using Sandbox.Control;
using Testing;

namespace Torture.Cells;

/// <summary>A fault that is set in the sandbox for a cell, with the recorded hits.</summary>
internal sealed class InjectedFault(FaultRule rule, SandboxFault fault)
{
    private bool isRemoved;

    /// <summary>Whether the fault has matched as many calls as intended, as of the last record.</summary>
    public bool IsMet { get; private set; }

    public override string ToString() => $"{rule.Kind} at {rule.System} {rule.Method} {rule.Path}"
        + (rule.Query is { Length: > 0 } query ? $"?{query}" : "")
        + (rule.Count > 1 ? $" ({rule.Count} times)" : "");

    /// <summary>Waits until the fault has matched a call.</summary>
    public Task WaitForHitAsync() => fault.WaitForHitsAsync();

    /// <summary>Reads the hits from the sandbox. A permanent fault needs one hit.</summary>
    public async Task RecordHitsAsync()
    {
        if (IsMet || isRemoved)
        {
            return;
        }

        try
        {
            IsMet = await fault.GetHitsAsync() >= Math.Max(rule.Count, 1);
        }
        catch (HttpRequestException e) when (e.StatusCode == HttpStatusCode.NotFound)
        {
            // The sandbox was killed and has lost the fault.
        }
    }

    public Task ReleaseAsync() => isRemoved ? Task.CompletedTask : fault.ReleaseAsync();

    public async Task RemoveAsync()
    {
        if (!isRemoved)
        {
            isRemoved = true;
            await fault.DisposeAsync();
        }
    }
}
