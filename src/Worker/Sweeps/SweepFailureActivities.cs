using Microsoft.Extensions.Logging;
using Temporalio.Activities;
using Worker.Telemetry;

namespace Worker.Sweeps;

/// <summary>A part of a sweep that did not get done, and why; no secret is in it.</summary>
public sealed record FailedPart(string Part, string Code, string Sentence);

/// <summary>What a sweep did not get done, told where somebody looks: nobody waits for a sweep's result.</summary>
public sealed partial class SweepFailureActivities(WorkerMetrics metrics, ILogger<SweepFailureActivities> logger)
{
    [Activity("TellSweepFailures")]
    public Task TellAsync(IReadOnlyList<FailedPart> failures)
    {
        foreach (var (part, code, sentence) in failures)
        {
            metrics.SweepFailed(part, code);
            LogFailed(part, code, sentence);
        }

        return Task.CompletedTask;
    }

    // An alert is set on the first word of this line.
    [LoggerMessage(EventId = 611, Level = LogLevel.Error,
        Message = "SWEEP_FAILED {Part}: {Code}, {Sentence} The next sweep tries again.")]
    private partial void LogFailed(string part, string code, string sentence);
}
