using ControlPlane.Provisioning;
using ControlPlane.Settings;
using Worker.Steps;
using Worker.Systems;

namespace Worker.Saga;

/// <summary>
/// The steps that are SKIPPED in new attempts, since their outside system is not configured. A started attempt keeps
/// its plan.
/// </summary>
/// <param name="SkippedSteps">The ids of the steps.</param>
public sealed record StepSwitches(IReadOnlyCollection<string> SkippedSteps)
{
    /// <summary>The plan of a new attempt, with every step.</summary>
    public IReadOnlyList<PlannedStep> Plan { get; } =
    [
        .. StepList.All.Select(step => new PlannedStep(
            step.Id, step.Title, step.CustomerTitle, SkippedSteps.Contains(step.Id))),
    ];

    /// <exception cref="SettingException">A setting of a system is invalid or missing.</exception>
    public static StepSwitches From(IReadOnlyList<OutsideSystem> systems, SettingsReader settings)
    {
        var systemsOff = systems
            .Where(system => system.GetDisabledReason(settings) is not null)
            .Select(system => system.Id)
            .ToHashSet();
        return new StepSwitches(
            [.. StepList.All.Where(step => step.System is { } id && systemsOff.Contains(id)).Select(step => step.Id)]);
    }
}
