using System.IO.Enumeration;

namespace Sandbox.Control;

/// <summary>A fault that was set: it counts its calls, and holds those of a kind that waits.</summary>
public sealed class Fault
{
    private readonly TaskCompletionSource<bool> release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock gate = new();
    private readonly DateTimeOffset? end;
    private TaskCompletionSource hit = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int seen;

    internal Fault(string id, FaultRule rule, DateTimeOffset now)
    {
        Id = id;
        Rule = rule;
        end = rule.ForSeconds is { } seconds ? now.AddSeconds(seconds) : null;
    }

    public string Id { get; }

    public FaultRule Rule { get; }

    /// <summary>Calls met so far; one whose answer is lost or held counts from when it has happened.</summary>
    public int Hits { get; private set; }

    /// <summary>Lets go what the fault holds; later calls pass unharmed.</summary>
    public void Release() => release.TrySetResult(true);

    /// <summary>Ends when the fault has met this many calls.</summary>
    public async Task HitAsync(int times = 1, CancellationToken cancellationToken = default)
    {
        for (; ; )
        {
            Task next;
            lock (gate)
            {
                if (Hits >= times)
                    return;
                next = hit.Task;
            }

            await next.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Drops what the fault holds, as if those requests had never arrived.</summary>
    internal void Remove() => release.TrySetResult(false);

    /// <summary>True when released; false when the fault was removed, or the caller went first.</summary>
    internal async Task<bool> ReleasedAsync(CancellationToken caller)
    {
        try
        {
            return await release.Task.WaitAsync(caller);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Whether this call is one of those that the fault meets; counts it if so.</summary>
    internal bool Meets(Call call, DateTimeOffset now)
    {
        if (release.Task.IsCompleted || now >= end || !Matches(Rule, call))
            return false;
        lock (gate)
        {
            var position = seen++ - Rule.Skip;
            if (position < 0 || (Rule.Count > 0 && position >= Rule.Count))
                return false;
            if (Rule.Kind is not (FaultKind.LoseAnswer or FaultKind.HoldAnswer))
                Hit();
            return true;
        }
    }

    /// <summary>The call that it met was failed by the system itself: it is for the next one.</summary>
    internal void WaitForNext()
    {
        lock (gate)
            seen--;
    }

    internal void Hit()
    {
        lock (gate)
        {
            Hits++;
            hit.SetResult();
            hit = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    // What speaks another protocol than the others is met only where it is named.
    internal static bool Matches(FaultRule rule, Call call) =>
        (rule.System ?? (call.System == Call.Postgres ? null : call.System)) == call.System
        && (rule.Method is null || rule.Method.Equals(call.Method, StringComparison.OrdinalIgnoreCase))
        && Like(rule.Path, call.Path)
        && (rule.Query is null || (rule.Query.Length == 0 ? call.Query.Length == 0 : Like(rule.Query, call.Query)))
        && (rule.BodyContains is null || call.Body.Contains(rule.BodyContains, StringComparison.Ordinal))
        && (call.HasEffect || !rule.WantsEffect);

    private static bool Like(string pattern, string text) =>
        FileSystemName.MatchesSimpleExpression(
            pattern.Replace("\\", "\\\\", StringComparison.Ordinal), text, ignoreCase: false);
}
