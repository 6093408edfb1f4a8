using ControlPlane.Provisioning;
using Sandbox.Control;

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

    /// <summary>What could not be taken back is named; once it can be, nothing is there.</summary>
    Incomplete,
}

/// <summary>One call, and what goes wrong with it.</summary>
internal sealed record Cell(StepCall Call, Fault Fault)
{
    public string Name => $"{Call}/{Fault.Name}";

    /// <summary>What <c>./dev torture</c> wants to hear to run it again.</summary>
    public string Again { get; init; } = $"--filter {Call}/{Fault.Name}";

    public Ending Ending => (Fault.Ending, Call) switch
    {
        // Done is done, whatever becomes of its report.
        (_, { IsReport: true, IsUndo: true }) => Ending.Failed,
        // A realm takes its users with it, and to cancel or terminate a rollback changes nothing.
        (_, { IsUndo: true }) => Fault.Name is "down" or Faults.Off && Call.Step != ProvisioningSteps.CreateAdminUser
            ? Ending.Incomplete : Ending.Failed,
        (_, { Step: ProvisioningSteps.ActivateTenant or ProvisioningSteps.SendNotification })
            when Fault.Name is "cancelled" or Faults.Swept => Ending.Active,
        (_, { Step: ProvisioningSteps.UpdateStatus }) when Fault.Name == Faults.Swept => Ending.Active,
        (_, { IsShared: true }) when Fault.Name == "refused-once" => Ending.Failed,
        (Ending.Failed, { IsReport: true, Step: ProvisioningSteps.ActivateTenant }) => Ending.Active,
        (Ending.Failed, { Step: ProvisioningSteps.SendNotification }) => Ending.Parked,
        var (ending, _) => ending,
    };

    /// <summary>For an undo: what fails, so that there is something to take back.</summary>
    public StepCall? Trigger => Call switch
    {
        { IsUndo: false } => null,
        { Name: StepCall.List, Step: ProvisioningSteps.ProvisionStorage } =>
            StepCall.Find(ProvisioningSteps.ProvisionStorage, "tag"),
        _ => StepCall.Find(ProvisioningSteps.ProvisionStorage, "block"),
    };

    /// <summary>What loses its answer first: otherwise the call is not made.</summary>
    public StepCall? Lost => Call is { IsUndo: false, Name: StepCall.List }
        ? StepCall.Find(Call.Step, "create") : null;

    /// <summary>The system that is off for a while.</summary>
    public string? Off => Fault.Name switch
    {
        Faults.Off => Call.System,
        Faults.MailOff => "novu",
        _ => null,
    };

    /// <summary>Why it makes no sense; null where it does.</summary>
    public string? WhyNot => Fault.WhyNot?.Invoke(Call);

    /// <summary>For <c>--list</c>.</summary>
    public string Words => Call.IsReport ? $"it is done, and then its report meets: {Fault.Words}" : Fault.Words;

    /// <summary>
    /// Minutes of waiting: an undo is tried sixty times before it is given up, an open transaction holds up every try.
    /// </summary>
    public bool IsLong => Fault.Name == "down"
        || Name is "create-admin-user.look/refused" or "provision-database.make/late-in-undo";

    public string FailedStep => this switch
    {
        { Trigger: { } trigger } => trigger.Step,
        // The step was done: the cancel meets the next one.
        { Call.IsReport: true, Fault.Name: "cancelled" } => Call.NextStep,
        _ => Call.Step,
    };
}

/// <summary>What goes wrong with a call.</summary>
/// <param name="Words">For <c>--list</c>.</param>
/// <param name="Ending">Where it meets a step.</param>
/// <param name="Play">Sets it, begins the provisioning, and does what more there is to do.</param>
/// <param name="Kills">The part that dies while the call is held; such cells run apart from the others.</param>
/// <param name="Holds">How the call is held until then.</param>
/// <param name="WhyNot">Why it makes no sense with a call; null where it does.</param>
/// <param name="How">What it makes of the rule that meets the call; null where somebody has to do something.</param>
internal sealed record Fault(
    string Name,
    string Words,
    Ending Ending,
    Func<CellRun, Task> Play,
    string? Kills = null,
    FaultKind? Holds = null,
    Func<StepCall, string?>? WhyNot = null,
    Func<FaultRule, FaultRule>? How = null);
