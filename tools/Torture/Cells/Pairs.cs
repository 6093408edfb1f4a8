using System.Diagnostics.CodeAnalysis;

namespace Torture.Cells;

/// <summary>Generates random combinations of two transient faults; the same seed gives the same pairs.</summary>
internal static class Pairs
{
    private static readonly List<StepCall> InOrder = [.. StepCalls.All];

    [SuppressMessage("Security", "CA5394", Justification = "The result must be reproducible.")]
    public static IEnumerable<Cell> Generate(Matrix matrix, int count, int seed)
    {
        var random = new Random(seed);
        // A single refusal may hit another call than in its own cell, and would then be permanent.
        var transient = matrix.Cells
            .Where(cell => cell is
            {
                Fault: { Transform: not null, Ending: Ending.Active, Name: not "refused-once" },
                Call: { IsShared: false, AfterLost: null },
            }).ToArray();
        for (int number = 0; number < count; number++)
        {
            var first = transient[random.Next(transient.Length)];
            var others = transient.Where(cell => AreBothMet(first.Call, cell.Call)).ToArray();
            var second = others[random.Next(others.Length)];
            yield return LeadsToBoth(first.Call, second.Call)
                ? Of(first, second, $"--pairs {count} --seed {seed}")
                : Of(second, first, $"--pairs {count} --seed {seed}");
        }
    }

    private static bool AreBothMet(StepCall one, StepCall other) =>
        one != other
        && (LeadsToBoth(one, other) || LeadsToBoth(other, one))
        // Skip counts the calls of the step before those of its undo; a fault on the step changes that count.
        && (one.System != other.System || (one.Skip == 0 && other.Skip == 0));

    // The first cell of a pair decides which step fails, so that there is something to undo.
    private static bool LeadsToBoth(StepCall first, StepCall second) => (first.Trigger, second.Trigger) switch
    {
        (null, null) => true,
        (null, not null) => false,
        // No step runs after the failing call.
        ({ } trigger, null) => InOrder.IndexOf(second) <= InOrder.IndexOf(trigger),
        var (trigger, wanted) => trigger == wanted && (first.NeedsObjects || !second.NeedsObjects),
    };

    private static Cell Of(Cell first, Cell second, string options)
    {
        var both = new Fault(
            $"{first.Fault.Name}+{second.Name}",
            $"{first.Fault.Description}; and at {second.Call}: {second.Fault.Description}",
            Ending.Active,
            run => FaultActions.InjectAsync(
                run, first.Fault.Transform!(run.Rule), second.Fault.Transform!(run.RuleOf(second.Call))));
        var cell = new Cell(first.Call, both);
        return cell with { RepeatArguments = $"{options} --filter {cell.Name}" };
    }
}
