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

    /// <summary>Calls met so far.</summary>
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

    /// <summary>True when released, false when removed.</summary>
    internal Task<bool> ReleasedAsync(CancellationToken cancellationToken) => release.Task.WaitAsync(cancellationToken);

    /// <summary>Whether this call is one of those that the fault meets; counts it if so.</summary>
    internal bool Meets(string system, HttpRequest request, string body, DateTimeOffset now)
    {
        if (release.Task.IsCompleted || now >= end || !Matches(system, request, body))
            return false;
        lock (gate)
        {
            var position = seen++ - Rule.Skip;
            if (position < 0 || (Rule.Count > 0 && position >= Rule.Count))
                return false;
            Hits++;
            hit.SetResult();
            hit = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return true;
        }
    }

    private bool Matches(string system, HttpRequest request, string body) =>
        (Rule.System is null || Rule.System == system)
        && (Rule.Method is null || Rule.Method.Equals(request.Method, StringComparison.OrdinalIgnoreCase))
        && Like(Rule.Path, request.Path.Value ?? "/")
        && (Rule.Query is null || Like(Rule.Query, request.QueryString.Value?.TrimStart('?') ?? ""))
        && (Rule.BodyContains is null || body.Contains(Rule.BodyContains, StringComparison.Ordinal));

    private static bool Like(string pattern, string text) =>
        FileSystemName.MatchesSimpleExpression(
            pattern.Replace("\\", "\\\\", StringComparison.Ordinal), text, ignoreCase: false);
}
