using System.Reflection;
using ControlPlane.Provisioning;
using Temporalio.Activities;

namespace Worker.Saga;

/// <summary>The definition of a step, read from its class.</summary>
/// <param name="ResourceTypes">Empty for a step without an undo.</param>
/// <param name="ExecuteActivity">The activity type that executes it.</param>
/// <param name="CompensateActivity">The activity type of its undo; null without one.</param>
/// <param name="Compensation">Creates the undo for one attempt; null without one. For workflow code only.</param>
public sealed record StepDefinition(
    Type Type,
    string Id,
    string Title,
    string? CustomerTitle,
    string Announcement,
    StepOptions Options,
    string? System,
    IReadOnlyList<string> ResourceTypes,
    string ExecuteActivity,
    string? CompensateActivity,
    Func<ProvisionTenantInput, Compensation>? Compensation)
{
    /// <summary>Reads a step without an undo.</summary>
    public static StepDefinition Of<TStep>()
        where TStep : IProvisioningStep => new(
            typeof(TStep), TStep.Id, TStep.Title, TStep.CustomerTitle, TStep.Announcement, TStep.Options,
            TStep.System, [],
            ActivityName(typeof(TStep), nameof(IPlainStep.ExecuteAsync)), null, null);

    /// <summary>Reads a step with an undo.</summary>
    public static StepDefinition Compensated<TStep>()
        where TStep : ICompensatedStep => Of<TStep>() with
        {
            ResourceTypes = TStep.ResourceTypes,
            CompensateActivity = ActivityName(typeof(TStep), nameof(ICompensatedStep.CompensateAsync)),
            Compensation = input => Saga.Compensation.Of<TStep>(input),
        };

    private static string ActivityName(Type type, string method) =>
        type.GetMethod(method)?.GetCustomAttribute<ActivityAttribute>()?.Name
        ?? throw new InvalidOperationException($"{type.Name}.{method} has no [Activity] with a name.");
}
