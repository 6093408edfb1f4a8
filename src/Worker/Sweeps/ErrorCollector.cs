using Temporalio.Exceptions;
using Worker.Systems;
using Worker.Telemetry;

namespace Worker.Sweeps;

/// <summary>
/// Runs independent actions and collects their failures, then throws one failure with every reason and the names of the
/// affected objects.
/// </summary>
public sealed class ErrorCollector
{
    private const int MaxNamed = 10;

    /// <summary>The code when the failures have different codes.</summary>
    private const string SeveralCode = "several";

    private readonly List<(string Name, ApplicationFailureException Failure)> failed = [];

    /// <summary>Whether an action failed.</summary>
    public bool HasFailed => failed.Count > 0;

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
            failed.Add((name, Failures.Translate(e)));
        }
    }

    /// <summary>Throws when an action failed.</summary>
    /// <exception cref="ApplicationFailureException">An action failed.</exception>
    public void ThrowIfFailed()
    {
        if (HasFailed)
        {
            string[] codes = [.. failed.Select(item => item.Failure.ErrorType!).Distinct()];
            var reasons = failed.GroupBy(item => item.Failure.Message, item => Masked.Text(item.Name));
            throw new ApplicationFailureException(
                string.Join(" ", reasons.Select(reason => $"{reason.Key} ({JoinNames([.. reason])})")),
                errorType: codes is [var code] ? code : SeveralCode);
        }
    }

    private static string JoinNames(IReadOnlyList<string> names) =>
        string.Join(", ", names.Take(MaxNamed)) + (names.Count > MaxNamed ? $" and {names.Count - MaxNamed} more" : "");
}
