using System.IO.Enumeration;

namespace Sandbox.Control;

/// <summary>An active fault: it counts the calls that it applied to, and holds calls until they are released.</summary>
public sealed class Fault
{
    private readonly TaskCompletionSource<bool> release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock countLock = new();
    private readonly DateTimeOffset? end;
    private TaskCompletionSource nextHit = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int matched;

    internal Fault(string id, FaultRule rule, DateTimeOffset now)
    {
        Id = id;
        Rule = rule;
        end = rule.ForSeconds is { } seconds ? now.AddSeconds(seconds) : null;
    }

    public string Id { get; }

    public FaultRule Rule { get; }

    /// <summary>
    /// Number of calls that the fault applied to so far. A call whose answer is lost or held counts once it has taken
    /// effect.
    /// </summary>
    public int Hits { get; private set; }

    /// <summary>Releases the held calls; later calls pass unchanged.</summary>
    public void Release() => release.TrySetResult(true);

    /// <summary>Waits until the fault has applied to this many calls.</summary>
    public async Task WaitForHitsAsync(int times = 1, CancellationToken cancellationToken = default)
    {
        for (; ; )
        {
            Task next;
            lock (countLock)
            {
                if (Hits >= times)
                    return;
                next = nextHit.Task;
            }

            await next.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Drops the held calls, as if their requests had never arrived.</summary>
    internal void Remove() => release.TrySetResult(false);

    /// <summary>Returns true once released; false if the fault is removed or the caller disconnects first.</summary>
    internal async Task<bool> WaitForReleaseAsync(CancellationToken callerAborted)
    {
        try
        {
            return await release.Task.WaitAsync(callerAborted);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Checks whether the fault applies to this call, and counts the call if so.</summary>
    internal bool TryApply(Call call, DateTimeOffset now)
    {
        if (release.Task.IsCompleted || now >= end || !Matches(Rule, call))
            return false;
        lock (countLock)
        {
            var position = matched++ - Rule.Skip;
            if (position < 0 || (Rule.Count > 0 && position >= Rule.Count))
                return false;
            if (Rule.Kind is not (FaultKind.LoseAnswer or FaultKind.HoldAnswer))
                CountHit();
            return true;
        }
    }

    /// <summary>Reverts a match: the system itself failed the call, so the fault applies to the next one.</summary>
    internal void RevertMatch()
    {
        lock (countLock)
            matched--;
    }

    internal void CountHit()
    {
        lock (countLock)
        {
            Hits++;
            nextHit.SetResult();
            nextHit = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    // A rule without a system matches HTTP only: PostgreSQL has to be named.
    internal static bool Matches(FaultRule rule, Call call) =>
        (rule.System ?? (call.System == Call.Postgres ? null : call.System)) == call.System
        && (rule.Method is null || rule.Method.Equals(call.Method, StringComparison.OrdinalIgnoreCase))
        && MatchesPattern(WithoutTrailingSlash(rule.Path), WithoutTrailingSlash(call.Path))
        && (rule.Query is null
            || (rule.Query.Length == 0 ? call.Query.Length == 0 : MatchesPattern(rule.Query, call.Query)))
        && (rule.BodyContains is null || call.Body.Contains(rule.BodyContains, StringComparison.Ordinal))
        && (call.HasEffect || !rule.RequiresEffect);

    private static string WithoutTrailingSlash(string path) =>
        path.Length > 1 && path.EndsWith('/') ? path[..^1] : path;

    private static bool MatchesPattern(string pattern, string text) =>
        FileSystemName.MatchesSimpleExpression(
            pattern.Replace("\\", "\\\\", StringComparison.Ordinal), text, ignoreCase: false);
}
