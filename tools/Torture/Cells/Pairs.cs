using System.Diagnostics.CodeAnalysis;

namespace Torture.Cells;

/// <summary>Random combinations of two faults that pass, the same for the same seed.</summary>
internal static class Pairs
{
    private static readonly List<StepCall> InOrder = [.. StepCalls.All];

    [SuppressMessage("Security", "CA5394", Justification = "It must be the same each time.")]
    public static IEnumerable<Cell> Generate(Matrix matrix, int count, int seed)
    {
        var random = new Random(seed);
        // A refusal that happens once may meet another call than in the cell alone, and then is one for good.
        var passing = matrix.Cells
            .Where(cell => cell is
            {
                Fault: { Transform: not null, Ending: Ending.Active, Name: not "refused-once" },
                Call: { IsShared: false, AfterLost: null },
            }).ToArray();
        for (int number = 0; number < count; number++)
        {
            var first = passing[random.Next(passing.Length)];
            var others = passing.Where(cell => AreBothMet(first.Call, cell.Call)).ToArray();
            var second = others[random.Next(others.Length)];
            yield return LeadsToBoth(first.Call, second.Call)
                ? Of(first, second, $"--pairs {count} --seed {seed}")
                : Of(second, first, $"--pairs {count} --seed {seed}");
        }
    }

    private static bool AreBothMet(StepCall one, StepCall other) =>
        one != other
        && (LeadsToBoth(one, other) || LeadsToBoth(other, one))
        // How often a step makes a call before its undo does is counted, and a fault of the step makes it more often.
        && (one.System != other.System || (one.Skip == 0 && other.Skip == 0));

    // The first of a pair says what fails, so that there is something to undo.
    private static bool LeadsToBoth(StepCall first, StepCall second) => (first.Trigger, second.Trigger) switch
    {
        (null, null) => true,
        (null, not null) => false,
        // Behind what fails no step makes a call any more.
        ({ } trigger, null) => InOrder.IndexOf(second) <= InOrder.IndexOf(trigger),
        var (trigger, wanted) => trigger == wanted && (first.NeedsObjects || !second.NeedsObjects),
    };

    private static Cell Of(Cell first, Cell second, string options)
    {
        var both = new Fault(
            $"{first.Fault.Name}+{second.Name}",
            $"{first.Fault.Description}; and at {second.Call}: {second.Fault.Description}",
            Ending.Active,
            run => FaultActions.InjectAsync(run, first.Fault.Transform!(run.Rule), second.Fault.Transform!(run.RuleOf(second.Call))));
        var cell = new Cell(first.Call, both);
        return cell with { RepeatArguments = $"{options} --filter {cell.Name}" };
    }
}
