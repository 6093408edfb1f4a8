using Sandbox.Control;

namespace Torture.Cells;

/// <summary>What goes wrong with a call.</summary>
/// <param name="Description">For <c>--list</c>.</param>
/// <param name="Ending">Where it meets a step.</param>
/// <param name="RunAsync">Sets it, begins the provisioning, and does what more there is to do.</param>
/// <param name="KilledPart">The part that dies while the call is held; such cells run apart from the others.</param>
/// <param name="HoldKind">How the call is held until then.</param>
/// <param name="WhyNot">Why it makes no sense with a call; null where it does.</param>
/// <param name="Transform">What it makes of the rule that meets the call; null where somebody has to do something.</param>
internal sealed record Fault(
    string Name,
    string Description,
    Ending Ending,
    Func<CellRun, Task> RunAsync,
    string? KilledPart = null,
    FaultKind? HoldKind = null,
    Func<StepCall, string?>? WhyNot = null,
    Func<FaultRule, FaultRule>? Transform = null);
