using Sandbox.Control;

namespace Torture.Cells;

/// <summary>A failure that is injected into a call.</summary>
/// <param name="Description">Text for <c>--list</c>.</param>
/// <param name="Ending">The expected outcome on a step; <see cref="Cell.Ending"/> has the exceptions.</param>
/// <param name="RunAsync">Sets the fault, starts the provisioning and performs any further action.</param>
/// <param name="KilledPart">The part that is killed while the call is held, for a whole batch; null for none.</param>
/// <param name="HoldKind">How the call is held until the part is killed.</param>
/// <param name="ExclusionReason">Returns the reason to leave a call out, or null. Null: applies to every call.</param>
/// <param name="Transform">Turns the rule that matches the call into the fault. Null if a rule is not enough.</param>
internal sealed record Fault(
    string Name,
    string Description,
    Ending Ending,
    Func<CellRun, Task> RunAsync,
    string? KilledPart = null,
    FaultKind? HoldKind = null,
    Func<StepCall, string?>? ExclusionReason = null,
    Func<FaultRule, FaultRule>? Transform = null);
