using Worker.Steps;
using Worker.Systems;
using Worker.Systems.Terraform;

namespace Torture.Cells;

/// <summary>The cells of all calls and faults, and the combinations that are left out.</summary>
/// <param name="Cells">The cells to run.</param>
/// <param name="LeftOut">What has no cell, with the reason.</param>
internal sealed record Matrix(IReadOnlyList<Cell> Cells, IReadOnlyList<(string Name, string Reason)> LeftOut)
{
    private const string TerraformRuns =
        "off in an instance: its calls are runs of a program, which the sandbox does not see. The worker's tests kill, "
        + "cancel and fail them, and take their state's database away (InterruptionTests)";

    /// <summary>The ids of the steps that have an undo and run in an instance.</summary>
    public static IReadOnlySet<string> StepsWithUndo { get; } = StepList.All
        .Where(step => step.ResourceTypes.Count > 0 && step.System != TerraformSystem.SystemId)
        .Select(step => step.Id).ToHashSet();

    public static Matrix Generate()
    {
        var all = StepCalls.All
            .SelectMany(call => Faults.All
                .Where(fault => call.Only?.Faults.Contains(fault.Name) ?? true)
                .Select(fault => new Cell(call, fault)))
            .ToList();
        return new(
            [.. all.Where(cell => cell.ExclusionReason is null)],
            [.. all.Where(cell => cell.ExclusionReason is not null).Select(cell => (cell.Name, cell.ExclusionReason!)),
                .. Narrowed(), .. Uncovered()]);
    }

    private static IEnumerable<(string, string)> Narrowed() => StepCalls.All
        .Where(call => call.Only is not null)
        .Select(call => ($"{call}/…", $"{call.Only!.Reason} (only {string.Join(", ", call.Only.Faults)})"));

    /// <summary>Lists the product's steps without a call in the table, so that a new step is noticed.</summary>
    private static IEnumerable<(string, string)> Uncovered()
    {
        var unbuilt = OutsideSystems.All.Where(system => !system.IsBuilt).Select(system => system.Id).ToHashSet();
        return StepList.All
            .ExceptBy(StepCalls.All.Select(call => call.Step), step => step.Id)
            .Select(step => (step.Id, step.System switch
            {
                { } system when unbuilt.Contains(system) => "not implemented yet: every attempt skips it",
                TerraformSystem.SystemId => TerraformRuns,
                _ => "no call of it is in the table",
            }));
    }
}
