using System.Text.RegularExpressions;
using Sandbox.Control;
using Testing;
using Torture.Cells;
using Fault = Sandbox.Control.Fault;

namespace Torture.Environments;

/// <summary>
/// Every kind of call that was made in this run, from the sandbox's journal: what neither the table of the cells knows
/// nor the list of those that need none. The observer's own are not in the journal.
/// </summary>
internal sealed partial class CallAudit(SandboxControl sandbox) : IDisposable
{
    // The journal forgets the oldest of twenty thousand.
    private const int PageSize = 10_000;

    private readonly SemaphoreSlim gate = new(1);
    private readonly SortedSet<string> unknownCalls = new(StringComparer.Ordinal);
    private readonly HashSet<Call> seen = [];
    private long lastNumber;

    public IReadOnlyList<string> UnknownCalls => [.. unknownCalls];

    /// <summary>What was called before is nobody's tenant's.</summary>
    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        await ReadAsync(cancellationToken);
        unknownCalls.Clear();
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
                page = await sandbox.CallsAfterAsync(lastNumber, PageSize);
                foreach (var call in page.Where(call => !ReportInterceptor.IsReportPath(call.Path)))
                {
                    Record(call);
                }

                lastNumber = page is [.., var newest] ? newest.Number : lastNumber;
            }
            while (page.Count == PageSize);
        }
        finally
        {
            gate.Release();
        }
    }

    public void Dispose() => gate.Dispose();

    private void Record(JournalEntry entry)
    {
        var call = new Call(entry.System, entry.Method, Normalize(entry.Path), Normalize(entry.Query), Body: "");
        if (seen.Add(call) && !IsKnown(call))
        {
            unknownCalls.Add($"{call.System} {call.Method} {call.Path}{(call.Query.Length > 0 ? $"?{call.Query}" : "")}");
        }
    }

    // Whose call it is says the body, which is not written down.
    private static bool IsKnown(Call call) =>
        StepCalls.All.Any(known => Fault.Matches(known.Pattern, call))
        || UncoveredCalls.All.Any(known => Fault.Matches(known.Pattern, call));

    // Of which tenant a call is, and of which of its things, does not make it another kind.
    private static string Normalize(string text) => Ids().Replace(Keys().Replace(text, "{key}"), "{id}");

    [GeneratedRegex(@"(?<![A-Za-z0-9])t[a-z0-9]{9}(?![A-Za-z0-9])", RegexOptions.CultureInvariant)]
    private static partial Regex Keys();

    [GeneratedRegex("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", RegexOptions.CultureInvariant)]
    private static partial Regex Ids();
}
