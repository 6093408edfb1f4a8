namespace ControlPlane.Provisioning;

/// <summary>The reason for the rollback of an attempt.</summary>
/// <param name="FailedStep">The id of the step that failed or was cancelled; null before the run began.</param>
/// <param name="Code">The stable error code.</param>
/// <param name="Sentence">The reason as a sentence without secrets.</param>
/// <param name="Cancelled">True when an operator cancelled the attempt, so that no step failed.</param>
public sealed record ProvisioningFailure(string? FailedStep, string Code, string Sentence, bool Cancelled)
{
    /// <summary>The codes of reasons other than a failed step.</summary>
    public const string CancelledCode = "cancelled", RunLostCode = "run_lost";

    public static ProvisioningFailure Cancel(string? step) =>
        new(step, CancelledCode, "The provisioning was cancelled.", Cancelled: true);

    public static ProvisioningFailure RunLost(string? step) =>
        new(step, RunLostCode, "The attempt had no running workflow: it was terminated, lost, or never started.",
            Cancelled: false);
}
