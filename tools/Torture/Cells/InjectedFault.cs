using System.Net;
using Sandbox.Control;
using Testing;

namespace Torture.Cells;

/// <summary>A fault that was set for a cell, and whether it has met as many calls as it is for.</summary>
internal sealed class InjectedFault(FaultRule rule, SandboxFault fault)
{
    private bool isRemoved;

    public bool IsMet { get; private set; }

    public override string ToString() => $"{rule.Kind} at {rule.System} {rule.Method} {rule.Path}"
        + (rule.Query is { Length: > 0 } query ? $"?{query}" : "")
        + (rule.Count > 1 ? $" ({rule.Count} times)" : "");

    /// <summary>Ends when it has met a call.</summary>
    public Task WaitForHitAsync() => fault.HitAsync();

    /// <summary>One for good has met its call once it has met one.</summary>
    public async Task RecordHitsAsync()
    {
        if (IsMet || isRemoved)
        {
            return;
        }

        try
        {
            IsMet = await fault.HitsAsync() >= Math.Max(rule.Count, 1);
        }
        catch (HttpRequestException e) when (e.StatusCode == HttpStatusCode.NotFound)
        {
            // The sandbox was killed since.
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
