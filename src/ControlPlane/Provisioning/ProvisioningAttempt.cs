namespace ControlPlane.Provisioning;

/// <summary>One try to provision a tenant, as the database knows it.</summary>
/// <param name="State">RECORDED, RUNNING, SUCCEEDED, ROLLING_BACK, ROLLED_BACK or ROLLBACK_INCOMPLETE.</param>
/// <param name="RunId">Of the run that serves it, once that is known.</param>
/// <param name="FailedStep">The id of the step that failed first.</param>
/// <param name="ErrorCode">Why, for a program.</param>
/// <param name="Error">Why, for a person; no secret is in it.</param>
/// <param name="ResidueReadAt">When every system was last read again; null where that has not been done.</param>
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

    /// <summary>A run serves it or has yet to be started for it.</summary>
    public bool IsOpen => State is Recorded or Running;
}

/// <summary>A step of an attempt's plan, as the worker that begins the attempt decides it.</summary>
/// <param name="Id">The step's id.</param>
/// <param name="Title">The name for people.</param>
/// <param name="IsOff">The step is SKIPPED in this attempt.</param>
public sealed record PlannedStep(string Id, string Title, bool IsOff);

/// <summary>A step of an attempt, as the worker recorded it. Its id may be unknown to this process.</summary>
/// <param name="State">PENDING, RUNNING, WAITING (with the next try's time), DONE, SKIPPED, FAILED or PARKED.</param>
/// <param name="UndoState">RUNNING, WAITING, DONE or FAILED; null where no undo has begun.</param>
public sealed record ProvisioningStep(
    string Step,
    string? Title,
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
    DateTimeOffset? UndoNextTryAt)
{
    /// <summary>The name for people; the id where the worker that wrote the row gave none.</summary>
    public string Name => Title ?? Step;
}
