using ControlPlane.Provisioning;

namespace Torture.Cells;

/// <summary>How a cell must end.</summary>
internal enum Ending
{
    /// <summary>Everything is there, once.</summary>
    Active,

    /// <summary>Everything but the welcome mail, which waits for an operator.</summary>
    Parked,

    /// <summary>Nothing of ours is there.</summary>
    Failed,

    /// <summary>What could not be taken back, or not be read, is named; once it can be, nothing is there.</summary>
    Incomplete,
}

/// <summary>One call, and what goes wrong with it.</summary>
internal sealed record Cell(StepCall Call, Fault Fault)
{
    public string Name => $"{Call}/{Fault.Name}";

    /// <summary>What <c>./dev torture</c> wants to hear to run it again.</summary>
    public string RepeatArguments { get; init; } = $"--filter {Call}/{Fault.Name}";

    public Ending Ending => (Fault.Ending, Call) switch
    {
        _ when ExpectedResidue.Of(this) is not null => Ending.Incomplete,
        // To cancel or terminate a rollback changes nothing.
        (_, { IsUndo: true }) => Ending.Failed,
        (_, { Step: ProvisioningSteps.ActivateTenant or ProvisioningSteps.SendNotification })
            when Fault.Name is "cancelled" or Faults.Swept => Ending.Active,
        // The commit that comes late holds the row that the rollback asks for.
        (_, { Step: ProvisioningSteps.ActivateTenant }) when Fault.Name == Faults.LateInUndo => Ending.Active,
        (_, { Step: ProvisioningSteps.UpdateStatus }) when Fault.Name == Faults.Swept => Ending.Active,
        // It is found by its id.
        (_, { Step: ProvisioningSteps.CreateAdminUser, Name: "realm" }) when Fault.Name == "refused" => Ending.Active,
        (_, { IsShared: true }) when Fault.Name == "refused-once" => Ending.Failed,
        (Ending.Failed, { IsReport: true, Step: ProvisioningSteps.ActivateTenant }) => Ending.Active,
        (Ending.Failed, { Step: ProvisioningSteps.SendNotification }) => Ending.Parked,
        var (ending, _) => ending,
    };

    /// <summary>Whether the run of a success begins a rollback: its Activate was done, and nobody told it so.</summary>
    public bool AsksForRow => Call.Step == ProvisioningSteps.ActivateTenant
        && (Fault.Name == Faults.LateInUndo || this is { Call.IsReport: true, Fault.Name: "refused" });

    /// <summary>The system that is off for a while.</summary>
    public string? SwitchedOffSystem => Fault.Name switch
    {
        Faults.Off => Call.System,
        Faults.MailOff => "novu",
        _ => null,
    };

    /// <summary>Why it makes no sense; null where it does.</summary>
    public string? WhyNot => Fault.WhyNot?.Invoke(Call);

    /// <summary>For <c>--list</c>.</summary>
    public string Description => Call.IsReport ? $"it is done, and then its report meets: {Fault.Description}" : Fault.Description;

    /// <summary>
    /// Minutes of waiting: an undo is tried sixty times before it is given up, an open transaction holds up every try.
    /// </summary>
    public bool IsSlow => Fault.Name == "down" || Name is "create-admin-user.look/refused"
        or "create-admin-user.look-again/refused" or "provision-database.make/late-in-undo";

    public string FailedStep => this switch
    {
        { Call.Trigger: { } trigger } => trigger.Step,
        // The step was done: the cancel meets the next one.
        { Call.IsReport: true, Fault.Name: "cancelled" } => Call.NextStep,
        _ => Call.Step,
    };
}
