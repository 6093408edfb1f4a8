namespace ControlPlane.Provisioning;

/// <summary>One attempt to provision a tenant: a row of <c>provisioning_attempts</c>.</summary>
/// <param name="State">RECORDED, RUNNING, SUCCEEDED, ROLLING_BACK, ROLLED_BACK or ROLLBACK_INCOMPLETE.</param>
/// <param name="RunId">The id of the attempt's run; null until it is known.</param>
/// <param name="FailedStep">The id of the step that failed first.</param>
/// <param name="ErrorCode">The reason of the failure as a code.</param>
/// <param name="Error">The reason of the failure as a sentence without secrets.</param>
/// <param name="ResidueReadAt">The time of the rollback's last reading of every system; null before the first.</param>
public sealed record ProvisioningAttempt(
    int Number,
    string State,
    byte[] SubscriptionHash,
    string? RunId,
    string? FailedStep,
    string? ErrorCode,
    string? Error,
    bool Cancelled,
    DateTimeOffset RecordedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? EndedAt,
    DateTimeOffset? ResidueReadAt,
    DateTimeOffset? FailureMailAt)
{
    public const string Recorded = "RECORDED";
    public const string Running = "RUNNING";
    public const string RollingBack = "ROLLING_BACK";
    public const string RolledBack = "ROLLED_BACK";
    public const string RollbackIncomplete = "ROLLBACK_INCOMPLETE";

    /// <summary>Whether the attempt is being provisioned, or has yet to be started.</summary>
    public bool IsOpen => State is Recorded or Running;
}

/// <summary>A step of an attempt's plan, as decided by the worker that begins the attempt.</summary>
/// <param name="Id">The step's id.</param>
/// <param name="Title">The name for people.</param>
/// <param name="CustomerTitle">The name for the customer; null: the customer does not see the step.</param>
/// <param name="IsSkipped">Whether the step is SKIPPED in this attempt.</param>
public sealed record PlannedStep(string Id, string Title, string? CustomerTitle, bool IsSkipped);

/// <summary>
/// A step of an attempt: a row of <c>provisioning_steps</c>. Its id may be unknown to this process, when a worker of
/// another version wrote it.
/// </summary>
/// <param name="State">PENDING, RUNNING, WAITING (for the next try), DONE, SKIPPED, FAILED or PARKED.</param>
/// <param name="UndoState">RUNNING, WAITING, DONE or FAILED; null before the undo.</param>
/// <param name="Progress">How far a RUNNING step is, such as <c>3 of 7 resources</c>; null if it does not tell.</param>
public sealed record ProvisioningStep(
    string Step,
    string? Title,
    string? CustomerTitle,
    string State,
    int Tries,
    DateTimeOffset? StartedAt,
    DateTimeOffset? EndedAt,
    DateTimeOffset? NextTryAt,
    string? ErrorCode,
    string? Error,
    string? UndoState,
    int UndoTries,
    string? UndoError,
    DateTimeOffset? UndoNextTryAt,
    string? Progress)
{
    /// <summary>The title, or the id in rows of a worker that wrote no title.</summary>
    public string Name => Title ?? Step;
}
