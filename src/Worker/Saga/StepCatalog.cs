using System.Reflection;
using Temporalio.Activities;

namespace Worker.Saga;

/// <summary>What an activity is to a step: its execution or its undo.</summary>
public sealed record StepActivity(StepDescription Step, bool IsUndo);

public sealed record StepDescription(
    Type Type, string Id, string Announcement, StepOptions Options, IReadOnlyList<string> ResourceTypes);

/// <summary>Every step class of this assembly, found by scanning: adding a step is adding its class.</summary>
public sealed class StepCatalog
{
    private readonly Dictionary<string, StepDescription> byId;
    private readonly Dictionary<string, StepActivity> byActivity;

    public StepCatalog()
    {
        byId = typeof(IProvisioningStep).Assembly.GetTypes()
            .Where(type => type is { IsClass: true, IsAbstract: false })
            .Where(type => type.IsAssignableTo(typeof(IProvisioningStep)))
            .Select(Describe)
            .ToDictionary(step => step.Id);
        byActivity = byId.Values
            .SelectMany(step => new[]
            {
                (Name: ActivityName(step.Type, nameof(IPlainStep.ExecuteAsync)),
                    Activity: new StepActivity(step, false)),
                (Name: ActivityName(step.Type, nameof(ICompensatedStep.CompensateAsync)),
                    Activity: new StepActivity(step, true)),
            })
            .Where(pair => pair.Name is not null)
            .ToDictionary(pair => pair.Name!, pair => pair.Activity);
    }

    public IEnumerable<StepDescription> Steps => byId.Values;

    public StepDescription this[string id] => byId[id];

    /// <summary>Null for an activity that is no step's execution or undo.</summary>
    public StepActivity? Find(string activity) => byActivity.GetValueOrDefault(activity);

    private static StepDescription Describe(Type type) => new(
        type,
        Read<string>(type, nameof(IProvisioningStep.Id)),
        Read<string>(type, nameof(IProvisioningStep.Announcement)),
        Read<StepOptions>(type, nameof(IProvisioningStep.Options)),
        type.IsAssignableTo(typeof(ICompensatedStep))
            ? Read<IReadOnlyList<string>>(type, nameof(ICompensatedStep.ResourceTypes))
            : []);

    private static T Read<T>(Type type, string property) =>
        (T)type.GetProperty(property, BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!;

    private static string? ActivityName(Type type, string method) =>
        type.GetMethod(method)?.GetCustomAttribute<ActivityAttribute>()?.Name;
}
