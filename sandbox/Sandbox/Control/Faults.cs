using System.Collections.Concurrent;
using System.Globalization;

namespace Sandbox.Control;

/// <summary>The active faults in the order of their creation; the first that matches a call applies to it.</summary>
public sealed class Faults(TimeProvider time)
{
    private readonly ConcurrentDictionary<int, Fault> faults = new();
    private int last;

    public IReadOnlyList<Fault> All => [.. faults.OrderBy(pair => pair.Key).Select(pair => pair.Value)];

    /// <exception cref="ArgumentException">The rule is invalid; the message names the field.</exception>
    public Fault Add(FaultRule rule)
    {
        if (rule.FindError() is { } error)
            throw new ArgumentException(error, nameof(rule));
        var number = Interlocked.Increment(ref last);
        var fault = new Fault(number.ToString(CultureInfo.InvariantCulture), rule, time.GetUtcNow());
        faults[number] = fault;
        return fault;
    }

    public Fault? Find(string id) => All.FirstOrDefault(fault => fault.Id == id);

    /// <summary>Removes a fault and drops the calls that it holds; returns false if there is no such fault.</summary>
    public bool Remove(string id)
    {
        if (!int.TryParse(id, CultureInfo.InvariantCulture, out var number) || !faults.TryRemove(number, out var fault))
            return false;
        fault.Remove();
        return true;
    }

    public void Clear()
    {
        foreach (var fault in All)
            Remove(fault.Id);
    }

    /// <summary>
    /// Whether the request's body must be read before faults are matched: a rule looks inside it, or the call may be
    /// processed after the caller has disconnected.
    /// </summary>
    internal bool NeedsBody =>
        faults.Values.Any(fault => fault.Rule.BodyContains is not null || fault.Rule.RequiresEffect);

    internal Fault? Match(Call call) => All.FirstOrDefault(fault => fault.TryApply(call, time.GetUtcNow()));
}
