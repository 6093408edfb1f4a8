using Temporalio.Exceptions;
using Worker.Systems;
using Worker.Telemetry;

namespace Worker.Sweeps;

/// <summary>Goes on with the others where one fails, and fails at the end with every reason and what it kept.</summary>
public sealed class ErrorCollector
{
    private const int MaxNamed = 10;

    private const string Several = "several";

    private readonly List<(string Name, ApplicationFailureException Failure)> failed = [];

    public bool HasFailed => failed.Count > 0;

    public async Task TryAsync(string name, Func<Task> act, CancellationToken cancellationToken)
    {
        try
        {
            await act();
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            failed.Add((name, Failures.Translate(e)));
        }
    }

    /// <exception cref="ApplicationFailureException">Something failed.</exception>
    public void ThrowIfFailed()
    {
        if (HasFailed)
        {
            string[] codes = [.. failed.Select(one => one.Failure.ErrorType!).Distinct()];
            var reasons = failed.GroupBy(one => one.Failure.Message, one => Masked.Text(one.Name));
            throw new ApplicationFailureException(
                string.Join(" ", reasons.Select(reason => $"{reason.Key} ({Names([.. reason])})")),
                errorType: codes is [var code] ? code : Several);
        }
    }

    private static string Names(IReadOnlyList<string> all) =>
        string.Join(", ", all.Take(MaxNamed)) + (all.Count > MaxNamed ? $" and {all.Count - MaxNamed} more" : "");
}
