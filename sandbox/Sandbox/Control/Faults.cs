using System.Collections.Concurrent;
using System.Globalization;

namespace Sandbox.Control;

/// <summary>The faults that are set, in the order in which they were; a call meets the first that matches it.</summary>
public sealed class Faults(TimeProvider time)
{
    private readonly ConcurrentDictionary<int, Fault> faults = new();
    private int last;

    public IReadOnlyList<Fault> All => [.. faults.OrderBy(pair => pair.Key).Select(pair => pair.Value)];

    /// <exception cref="ArgumentException">The rule makes no sense; the message names the field.</exception>
    public Fault Add(FaultRule rule)
    {
        if (rule.Mistake() is { } mistake)
            throw new ArgumentException(mistake, nameof(rule));
        var number = Interlocked.Increment(ref last);
        var fault = new Fault(number.ToString(CultureInfo.InvariantCulture), rule, time.GetUtcNow());
        faults[number] = fault;
        return fault;
    }

    public Fault? Find(string id) => All.FirstOrDefault(fault => fault.Id == id);

    /// <summary>What the fault still holds never happens.</summary>
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
    /// Whether the whole request has to be here before a fault meets it: to look inside, or to go on without its
    /// caller.
    /// </summary>
    internal bool NeedBody =>
        faults.Values.Any(fault => fault.Rule.BodyContains is not null || fault.Rule.WantsEffect);

    internal Fault? Meeting(Call call) => All.FirstOrDefault(fault => fault.Meets(call, time.GetUtcNow()));
}
