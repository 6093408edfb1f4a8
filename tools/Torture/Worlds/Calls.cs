using System.Text.RegularExpressions;
using Sandbox.Control;
using Testing;
using Torture.Cells;
using Fault = Sandbox.Control.Fault;

namespace Torture.Worlds;

/// <summary>
/// Every kind of call that was made in this run, from the sandbox's journal: what neither the table of the cells knows
/// nor the list of those that need none. The observer's own are not in the journal.
/// </summary>
internal sealed partial class Calls(SandboxControl sandbox) : IDisposable
{
    // The journal forgets the oldest of twenty thousand.
    private const int Page = 10_000;

    private readonly SemaphoreSlim gate = new(1);
    private readonly SortedSet<string> unknown = new(StringComparer.Ordinal);
    private readonly HashSet<Call> seen = [];
    private long last;

    public IReadOnlyList<string> Unknown => [.. unknown];

    /// <summary>What was called before is nobody's tenant's.</summary>
    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        await ReadAsync(cancellationToken);
        unknown.Clear();
        seen.Clear();
    }

    /// <summary>What was called since the last time.</summary>
    public async Task ReadAsync(CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            List<JournalEntry> page;
            do
            {
                page = await sandbox.CallsAfterAsync(last, Page);
                foreach (var call in page.Where(call => !Reports.IsOne(call.Path)))
                {
                    Look(call);
                }

                last = page is [.., var newest] ? newest.Number : last;
            }
            while (page.Count == Page);
        }
        finally
        {
            gate.Release();
        }
    }

    public void Dispose() => gate.Dispose();

    private void Look(JournalEntry entry)
    {
        var call = new Call(entry.System, entry.Method, Bare(entry.Path), Bare(entry.Query), Body: "");
        if (seen.Add(call) && !IsKnown(call))
        {
            unknown.Add($"{call.System} {call.Method} {call.Path}{(call.Query.Length > 0 ? $"?{call.Query}" : "")}");
        }
    }

    // Whose call it is says the body, which is not written down.
    private static bool IsKnown(Call call) =>
        StepCalls.All.Any(known => Fault.Matches(known.Kind, call))
        || OtherCalls.All.Any(known => Fault.Matches(known.Kind, call));

    // Of which tenant a call is, and of which of its things, does not make it another kind.
    private static string Bare(string text) => Ids().Replace(Keys().Replace(text, "{key}"), "{id}");

    [GeneratedRegex(@"(?<![A-Za-z0-9])t[a-z0-9]{9}(?![A-Za-z0-9])", RegexOptions.CultureInvariant)]
    private static partial Regex Keys();

    [GeneratedRegex("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", RegexOptions.CultureInvariant)]
    private static partial Regex Ids();
}
