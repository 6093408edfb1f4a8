using System.Text.RegularExpressions;
using Sandbox.Control;
using Testing;
using Torture.Cells;
using Fault = Sandbox.Control.Fault;

namespace Torture.Environments;

/// <summary>
/// Reads the sandbox's journal and collects the kinds of calls that are neither in <see cref="StepCalls"/> nor in
/// <see cref="UncoveredCalls"/>. The journal does not contain the observer's own calls.
/// </summary>
internal sealed partial class CallAudit(SandboxControl sandbox) : IDisposable
{
    // The journal keeps the last 20,000 calls.
    private const int PageSize = 10_000;

    private readonly SemaphoreSlim gate = new(1);
    private readonly SortedSet<string> unknown = new(StringComparer.Ordinal);
    private readonly HashSet<Call> seen = [];
    private long lastNumber;

    public IReadOnlyList<string> UnknownCalls => [.. unknown];

    /// <summary>Skips the calls so far: they belong to the start of the instance.</summary>
    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        await ReadAsync(cancellationToken);
        unknown.Clear();
        seen.Clear();
    }

    /// <summary>Reads the calls since the last read.</summary>
    public async Task ReadAsync(CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            List<JournalEntry> page;
            do
            {
                page = await sandbox.GetCallsAfterAsync(lastNumber, PageSize);
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
            unknown.Add($"{call.System} {call.Method} {call.Path}{(call.Query.Length > 0 ? $"?{call.Query}" : "")}");
        }
    }

    // The journal has no bodies, so a call is compared without its tenant.
    private static bool IsKnown(Call call) =>
        StepCalls.All.Any(known => Fault.Matches(known.Pattern, call))
        || UncoveredCalls.All.Any(known => Fault.Matches(known.Pattern, call));

    // Calls that differ only in the tenant's key or in ids are of the same kind.
    private static string Normalize(string text) => Ids().Replace(Keys().Replace(text, "{key}"), "{id}");

    [GeneratedRegex(@"(?<![A-Za-z0-9])t[a-z0-9]{9}(?![A-Za-z0-9])", RegexOptions.CultureInvariant)]
    private static partial Regex Keys();

    [GeneratedRegex("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", RegexOptions.CultureInvariant)]
    private static partial Regex Ids();
}
