using Microsoft.Extensions.Logging;
using Temporalio.Activities;
using Worker.Telemetry;

namespace Worker.Sweeps;

/// <summary>A part of a sweep that failed, with the error code and a sentence without secrets.</summary>
public sealed record FailedPart(string Part, string Code, string Sentence);

/// <summary>Reports the failed parts of a sweep in metrics and log, since no caller waits for its result.</summary>
public sealed partial class SweepFailureActivities(WorkerMetrics metrics, ILogger<SweepFailureActivities> logger)
{
    [Activity("TellSweepFailures")]
    public Task ReportAsync(IReadOnlyList<FailedPart> failures)
    {
        foreach (var (part, code, sentence) in failures)
        {
            metrics.SweepFailed(part, code);
            LogFailed(part, code, sentence);
        }

        return Task.CompletedTask;
    }

    // Alerts match the first word of this line.
    [LoggerMessage(EventId = 611, Level = LogLevel.Error,
        Message = "SWEEP_FAILED {Part}: {Code}, {Sentence} The next sweep retries it.")]
    private partial void LogFailed(string part, string code, string sentence);
}
