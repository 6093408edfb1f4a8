using ControlPlane.Provisioning;
using Worker.Saga;

namespace Torture.Cells;

/// <summary>The cells of all calls and faults, and the combinations that are left out.</summary>
/// <param name="Cells">The cells to run.</param>
/// <param name="LeftOut">What has no cell, with the reason.</param>
internal sealed record Matrix(IReadOnlyList<Cell> Cells, IReadOnlyList<(string Name, string Reason)> LeftOut)
{
    /// <summary>The ids of the implemented steps that have an undo.</summary>
    public static IReadOnlySet<string> StepsWithUndo { get; } = new StepCatalog().Steps
        .Where(step => step.ResourceTypes.Count > 0).Select(step => step.Id).ToHashSet();

    public static Matrix Generate()
    {
        var all = StepCalls.All
            .SelectMany(call => Faults.All
                .Where(fault => call.Only?.Faults.Contains(fault.Name) ?? true)
                .Select(fault => new Cell(call, fault)))
            .ToList();
        return new(
            [.. all.Where(cell => cell.WhyNot is null)],
            [.. all.Where(cell => cell.WhyNot is not null).Select(cell => (cell.Name, cell.WhyNot!)),
                .. Narrowed(), .. Uncovered()]);
    }

    private static IEnumerable<(string, string)> Narrowed() => StepCalls.All
        .Where(call => call.Only is not null)
        .Select(call => ($"{call}/…", $"{call.Only!.Reason} (only {string.Join(", ", call.Only.Faults)})"));

    /// <summary>Lists the product's steps without a call in the table, so that a new step is noticed.</summary>
    private static IEnumerable<(string, string)> Uncovered()
    {
        var off = StepSwitches.For(null, null, null).Off.Except(StepCalls.All.Select(call => call.Step)).ToHashSet();
        return ProvisioningSteps.All.Select(step => step.Id)
            .Except(StepCalls.All.Select(call => call.Step))
            .Select(step => (step, off.Contains(step) ? "not implemented yet: every attempt skips it"
                : "no call of it is in the table"));
    }
}
