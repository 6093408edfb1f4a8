using System.Diagnostics.Metrics;

namespace Worker.Telemetry;

/// <summary>The worker's metrics; docs/operations.md describes the purpose of each.</summary>
public sealed class WorkerMetrics
{
    public const string MeterName = "arc-saas.worker";

    private readonly Histogram<double> stepDuration;
    private readonly Counter<long> stepFailures;
    private readonly Counter<long> sweepFindings;
    private readonly Counter<long> sweepFailures;

    public WorkerMetrics(IMeterFactory meters, TenantCounts counts)
    {
        var meter = meters.Create(MeterName);
        meter.CreateObservableGauge("arc_saas.tenants.stuck", counts.Stuck, "{tenant}",
            "Tenants whose attempt has been in its state for longer than TENANT_STUCK_AFTER minutes.");
        meter.CreateObservableGauge("arc_saas.tenants.rolling_back", counts.RollingBack, "{tenant}",
            "Tenants that are ROLLING_BACK.");
        meter.CreateObservableGauge("arc_saas.tenants.rollback_incomplete", counts.RollbackIncomplete, "{tenant}",
            "Tenants whose rollback left objects behind.");
        meter.CreateObservableGauge("arc_saas.residue", counts.Residue, "{object}",
            "Objects that a rollback left behind, as last read.");
        meter.CreateObservableGauge("arc_saas.orphans", counts.Orphans, "{object}",
            "Objects with this installation's mark whose attempt the database does not know.");
        stepDuration = meter.CreateHistogram("arc_saas.step.duration", "s",
            "One try of a step or of its undo.", tags: null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120] });
        stepFailures = meter.CreateCounter<long>("arc_saas.step.failures", "{try}",
            "Tries of a step or of its undo that failed.");
        sweepFindings = meter.CreateCounter<long>("arc_saas.sweep.findings", "{object}",
            "Attempts and objects that a sweep found and that no workflow owns.");
        sweepFailures = meter.CreateCounter<long>("arc_saas.sweep.failures", "{part}",
            "Parts of sweeps that failed.");
    }

    public void StepEnded(string step, bool isUndo, string outcome, TimeSpan duration) => stepDuration.Record(
        duration.TotalSeconds, new("step", step), new("kind", Kind(isUndo)), new("outcome", outcome));

    /// <param name="step">The id of the step.</param>
    /// <param name="isUndo">Whether the undo failed, and not the step.</param>
    /// <param name="code">The code of the failure.</param>
    /// <param name="isFinal">Whether no further try follows.</param>
    public void StepFailed(string step, bool isUndo, string code, bool isFinal) => stepFailures.Add(
        1, new("step", step), new("kind", Kind(isUndo)), new("code", code), new("final", isFinal));

    /// <param name="kind">The kind: attempt, left_over, orphan or mismarked.</param>
    /// <param name="type">The type of the object, as in the resource records; null for an attempt.</param>
    /// <param name="count">The number of findings; 0 is not recorded.</param>
    public void SweepFound(string kind, string? type, int count)
    {
        if (count > 0)
        {
            sweepFindings.Add(count, new("kind", kind), new("type", type));
        }
    }

    /// <param name="part">The part of the sweep, as its log lines and its failure name it.</param>
    /// <param name="code">The code of the failure.</param>
    public void SweepFailed(string part, string code) => sweepFailures.Add(1, new("part", part), new("code", code));

    private static string Kind(bool isUndo) => isUndo ? "undo" : "step";
}
