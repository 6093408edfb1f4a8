using ControlPlane.Provisioning;
using ControlPlane.Settings;
using Worker.Steps;
using Worker.Systems;

namespace Worker.Saga;

/// <summary>
/// Which steps run in attempts that begin now: those whose outside system is configured. An attempt keeps the decision
/// it began with.
/// </summary>
/// <param name="Off">The ids of the steps that are SKIPPED.</param>
public sealed record StepSwitches(IReadOnlyCollection<string> Off)
{
    /// <summary>Every step as a row of an attempt's plan.</summary>
    public IReadOnlyList<PlannedStep> Plan { get; } =
        [.. StepList.All.Select(step => new PlannedStep(step.Id, step.Title, Off.Contains(step.Id)))];

    public static StepSwitches From(IReadOnlyList<OutsideSystem> systems, SettingsReader settings)
    {
        var off = systems
            .Where(system => system.WhyNotConfigured(settings) is not null)
            .Select(system => system.Id)
            .ToHashSet();
        return new StepSwitches(
            [.. StepList.All.Where(step => step.System is { } id && off.Contains(id)).Select(step => step.Id)]);
    }
}
