using Temporalio.Exceptions;
using Worker.Systems;
using Worker.Telemetry;

namespace Worker.Sweeps;

/// <summary>
/// Runs independent actions and collects their failures, then throws one failure with the reasons and the names of the
/// affected objects. Actions may run at the same time.
/// </summary>
/// <param name="earlier">The failures of an earlier try.</param>
public sealed class ErrorCollector(IReadOnlyList<FailureGroup> earlier)
{
    private const int MaxNamed = 10;

    /// <summary>The number of reasons with a text of their own: a whole system may be refusing.</summary>
    private const int MaxReasons = 20;

    /// <summary>The code when the failures have different codes.</summary>
    private const string SeveralCode = "several";

    private const string OtherReasons = "Other reasons.";

    private readonly Lock @lock = new();
    private readonly List<FailureGroup> groups = [.. earlier];

    public ErrorCollector()
        : this([])
    {
    }

    /// <summary>Whether an action failed.</summary>
    public bool HasFailed => Groups.Count > 0;

    /// <summary>The failures by their reason.</summary>
    public IReadOnlyList<FailureGroup> Groups
    {
        get
        {
            lock (@lock)
            {
                return [.. groups];
            }
        }
    }

    /// <summary>Runs an action and collects its failure.</summary>
    /// <param name="name">The name of the object, for the failure.</param>
    /// <param name="action">The action.</param>
    /// <param name="cancellationToken">Once cancelled, exceptions propagate instead of being collected.</param>
    public async Task TryAsync(string name, Func<Task> action, CancellationToken cancellationToken)
    {
        try
        {
            await action();
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            var failure = Failures.Translate(e);
            Add(failure.ErrorType!, failure.Message, Masked.Text(name));
        }
    }

    /// <summary>
    /// Throws when an action failed. The failure is final: the next sweep processes the objects again, and a retry
    /// would process none of them.
    /// </summary>
    /// <exception cref="ApplicationFailureException">An action failed.</exception>
    public void ThrowIfFailed()
    {
        var failed = Groups;
        if (failed.Count > 0)
        {
            string[] codes = [.. failed.Select(group => group.Code).Distinct()];
            throw new ApplicationFailureException(
                string.Join(" ", failed.Select(group => $"{group.Sentence} ({JoinNames(group)})")),
                errorType: codes is [var code] ? code : SeveralCode,
                nonRetryable: true);
        }
    }

    private void Add(string code, string sentence, string name)
    {
        lock (@lock)
        {
            int index = groups.FindIndex(group => (group.Code, group.Sentence) == (code, sentence));
            if (index < 0 && groups.Count >= MaxReasons)
            {
                (code, sentence) = (SeveralCode, OtherReasons);
                index = groups.FindIndex(group => group.Sentence == OtherReasons);
            }

            if (index < 0)
            {
                groups.Add(new FailureGroup(code, sentence, [name], 1));
                return;
            }

            var known = groups[index];
            groups[index] = known with
            {
                Names = known.Names.Count < MaxNamed ? [.. known.Names, name] : known.Names,
                Count = known.Count + 1,
            };
        }
    }

    private static string JoinNames(FailureGroup group) =>
        string.Join(", ", group.Names) + (group.Count > MaxNamed ? $" and {group.Count - MaxNamed} more" : "");
}
