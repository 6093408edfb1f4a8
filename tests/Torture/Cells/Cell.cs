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

    /// <summary>What could not be taken back is named; once it can be, nothing is there.</summary>
    Incomplete,
}

/// <summary>One call, and what goes wrong with it.</summary>
internal sealed record Cell(StepCall Call, Fault Fault)
{
    public string Name => $"{Call}/{Fault.Name}";

    public Ending Ending => (Fault.Ending, Call) switch
    {
        (Ending.Active, { IsUndo: true }) => Ending.Failed,
        (Ending.Failed, { IsUndo: true }) => Ending.Incomplete,
        (Ending.Failed, { Step: ProvisioningSteps.SendNotification }) => Ending.Parked,
        var (ending, _) => ending,
    };

    /// <summary>For an undo: what fails, so that there is something to take back.</summary>
    public StepCall? Trigger => Call.IsUndo
        ? StepCall.All.Single(call => call is { Step: ProvisioningSteps.ProvisionStorage, Name: "block" })
        : null;

    /// <summary>Why it makes no sense; null where it does.</summary>
    public string? WhyNot => Fault.WhyNot?.Invoke(Call);

    public string FailedStep => Trigger?.Step ?? Call.Step;
}

/// <summary>What goes wrong with a call.</summary>
/// <param name="Words">For <c>--list</c>.</param>
/// <param name="Ending">Where it meets a step; an undo ends one worse.</param>
/// <param name="Play">Sets it, begins the provisioning, and does what more there is to do.</param>
/// <param name="Kills">The part that dies while the call is held; such cells run apart from the others.</param>
/// <param name="WhyNot">Why it makes no sense with a call; null where it does.</param>
internal sealed record Fault(
    string Name,
    string Words,
    Ending Ending,
    Func<CellRun, Task> Play,
    string? Kills = null,
    Func<StepCall, string?>? WhyNot = null);
