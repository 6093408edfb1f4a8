
namespace Torture.Cells;

/// <summary>The expected outcome of a cell.</summary>
internal enum Ending
{
    /// <summary>The tenant is ACTIVE and every object exists exactly once.</summary>
    Active,

    /// <summary>The tenant is ACTIVE; only the welcome mail is parked until an operator retries it.</summary>
    Parked,

    /// <summary>The rollback has removed every object of the tenant.</summary>
    Failed,

    /// <summary>
    /// ROLLBACK_INCOMPLETE names each object that could not be removed or read. A later rollback removes them all.
    /// </summary>
    Incomplete,
}

/// <summary>One combination of a call and a fault.</summary>
internal sealed record Cell(StepCall Call, Fault Fault)
{
    public string Name => $"{Call}/{Fault.Name}";

    /// <summary>The arguments of <c>./dev torture</c> that repeat this cell.</summary>
    public string RepeatArguments { get; init; } = $"--filter {Call}/{Fault.Name}";

    public Ending Ending => (Fault.Ending, Call) switch
    {
        _ when ExpectedResidue.Of(this) is not null => Ending.Incomplete,
        // Cancelling or terminating a rollback does not change its outcome.
        (_, { IsUndo: true }) => Ending.Failed,
        (_, { Step: StepIds.ActivateTenant or StepIds.SendNotification })
            when Fault.Name is "cancelled" or Faults.Swept => Ending.Active,
        // The delayed commit holds the lock on the row that the rollback needs.
        (_, { Step: StepIds.ActivateTenant }) when Fault.Name == Faults.LateInUndo => Ending.Active,
        (_, { Step: StepIds.UpdateStatus }) when Fault.Name == Faults.Swept => Ending.Active,
        // A request for a token has no content to refuse.
        (_, { Name: StepCalls.Token }) => Ending.Active,
        (_, { IsShared: true }) when Fault.Name == "refused-once" => Ending.Failed,
        (Ending.Failed, { IsReport: true, Step: StepIds.ActivateTenant }) => Ending.Active,
        (Ending.Failed, { Step: StepIds.SendNotification }) => Ending.Parked,
        var (ending, _) => ending,
    };

    /// <summary>
    /// Whether a run that ends ACTIVE also schedules BeginRollback: Activate Tenant has committed, but its report was
    /// lost.
    /// </summary>
    public bool BeginsRollbackWhenActive => Call.Step == StepIds.ActivateTenant
        && (Fault.Name == Faults.LateInUndo || this is { Call.IsReport: true, Fault.Name: "refused" });

    /// <summary>The system that is switched off during the cell; null for none.</summary>
    public string? SwitchedOffSystem => Fault.Name switch
    {
        Faults.Off => Call.System,
        Faults.MailOff => "novu",
        _ => null,
    };

    /// <summary>The reason to leave the cell out; null if it is part of the matrix.</summary>
    public string? ExclusionReason => Fault.ExclusionReason?.Invoke(Call);

    /// <summary>Text for <c>--list</c>.</summary>
    public string Description => Call.IsReport
        ? $"the activity is done, then the fault hits its report: {Fault.Description}"
        : Fault.Description;

    /// <summary>
    /// Whether the cell waits for minutes: an undo is tried sixty times before it is given up, and an open transaction
    /// blocks every further try.
    /// </summary>
    public bool IsSlow => Fault.Name == "down" || Name is "create-admin-user.look/refused"
        or "create-admin-user.look-again/refused" or "provision-database.make/late-in-undo";

    public string FailedStep => this switch
    {
        { Call.Trigger: { } trigger } => trigger.Step,
        // The step itself is done, so the cancel hits the next step.
        { Call.IsReport: true, Fault.Name: "cancelled" } => Call.NextStep,
        _ => Call.Step,
    };
}
