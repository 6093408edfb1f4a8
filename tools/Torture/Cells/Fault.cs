using Sandbox.Control;

namespace Torture.Cells;

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
