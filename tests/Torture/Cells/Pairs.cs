using System.Diagnostics.CodeAnalysis;

namespace Torture.Cells;

/// <summary>Random combinations of two faults that pass, the same for the same seed.</summary>
internal static class Pairs
{
    [SuppressMessage("Security", "CA5394", Justification = "It must be the same each time.")]
    public static IEnumerable<Cell> Of(Matrix matrix, int count, int seed)
    {
        var random = new Random(seed);
        // A refusal that happens once may meet another call than in the cell alone, and then is one for good.
        var passing = matrix.Cells
            .Where(cell => cell is
            {
                Fault: { How: not null, Ending: Ending.Active, Name: not "refused-once" },
                Call.IsShared: false,
            }).ToArray();
        for (int number = 0; number < count; number++)
        {
            var first = passing[random.Next(passing.Length)];
            var others = passing.Where(cell => cell.Call != first.Call).ToArray();
            var second = others[random.Next(others.Length)];
            yield return first.Call.IsUndo || !second.Call.IsUndo
                ? Of(first, second, $"--pairs {count} --seed {seed}")
                : Of(second, first, $"--pairs {count} --seed {seed}");
        }
    }

    private static Cell Of(Cell first, Cell second, string options)
    {
        var both = new Fault(
            $"{first.Fault.Name}+{second.Name}",
            $"{first.Fault.Words}; and at {second.Call}: {second.Fault.Words}",
            Ending.Active,
            run => Ways.MeetAsync(run, first.Fault.How!(run.Rule), second.Fault.How!(run.RuleOf(second.Call))));
        var cell = new Cell(first.Call, both);
        return cell with { Again = $"{options} --filter {cell.Name}" };
    }
}
