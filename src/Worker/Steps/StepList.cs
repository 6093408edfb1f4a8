using ControlPlane.Provisioning;
using Worker.Saga;

namespace Worker.Steps;

/// <summary>
/// The steps of the saga in their order. Plan, undo order, queues, documents and torture cells are derived from this
/// list, or compared with it by a test.
/// </summary>
public static class StepList
{
    public static IReadOnlyList<StepDefinition> All { get; } =
    [
        StepDefinition.Of<UpdateStatus>(),
        StepDefinition.Compensated<CreateIdp>(),
        StepDefinition.Compensated<CreateAdminUser>(),
        StepDefinition.Compensated<ProvisionDatabase>(),
        StepDefinition.Compensated<ProvisionStorage>(),
        StepDefinition.Compensated<ProvisionInfrastructure>(),
        StepDefinition.Compensated<DeployApplication>(),
        StepDefinition.Compensated<ConfigureDns>(),
        StepDefinition.Of<CreateResources>(),
        StepDefinition.Of<ActivateTenant>(),
        StepDefinition.Of<SendNotification>(),
    ];

    private static readonly Dictionary<string, StepDefinition> ById = All.ToDictionary(step => step.Id);

    private static readonly Dictionary<string, (StepDefinition Step, bool IsUndo)> ByActivity =
        All.Select(step => (Activity: step.ExecuteActivity, step, IsUndo: false))
            .Concat(All.Where(step => step.CompensateActivity is not null)
                .Select(step => (Activity: step.CompensateActivity!, step, IsUndo: true)))
            .ToDictionary(pair => pair.Activity, pair => (pair.step, pair.IsUndo));

    /// <summary>Gets the step with this id.</summary>
    /// <exception cref="KeyNotFoundException">No step has this id.</exception>
    public static StepDefinition Get(string id) => ById[id];

    /// <summary>Finds the step of an activity type, and whether it is the undo; null for other activities.</summary>
    public static (StepDefinition Step, bool IsUndo)? FindActivity(string type) =>
        ByActivity.TryGetValue(type, out var found) ? found : null;

    /// <summary>Creates the compensations of the given steps, last step first. For workflow code only.</summary>
    public static IReadOnlyList<Compensation> Compensations(ProvisionTenantInput input, IReadOnlyList<string> steps) =>
    [
        .. All.Reverse()
            .Where(step => step.Compensation is not null && steps.Contains(step.Id))
            .Select(step => step.Compensation!(input)),
    ];
}
