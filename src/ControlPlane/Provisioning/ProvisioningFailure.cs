namespace ControlPlane.Provisioning;

/// <summary>Why an attempt is rolled back.</summary>
/// <param name="FailedStep">The id of the step that failed or was cancelled; null before the run began.</param>
/// <param name="Code">Stable, for a program.</param>
/// <param name="Sentence">For a person; no secret is in it.</param>
/// <param name="Cancelled">Nothing failed: an operator asked for it.</param>
public sealed record ProvisioningFailure(string? FailedStep, string Code, string Sentence, bool Cancelled)
{
    /// <summary>The codes of what is no failure of a step.</summary>
    public const string Cancelling = "cancelled", Lost = "run_lost";

    public static ProvisioningFailure Cancel(string? step) =>
        new(step, Cancelling, "The provisioning was cancelled.", Cancelled: true);

    public static ProvisioningFailure RunLost(string? step) =>
        new(step, Lost, "No run looked after the attempt any more: it was terminated, lost, or never started.",
            Cancelled: false);
}
