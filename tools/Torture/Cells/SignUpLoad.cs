using System.Diagnostics.CodeAnalysis;

namespace Torture.Cells;

/// <summary>
/// Generates one cell for each of many customers. Every tenth has a random fault of the matrix; the same seed gives the
/// same faults. Faults that kill a part, need an operator or last for minutes are left to the matrix.
/// </summary>
internal static class SignUpLoad
{
    private const int EveryTenth = 10;

    private static readonly Fault None = new(
        "sign-up", "no fault", Ending.Active, run => run.ProvisionAsync());

    [SuppressMessage("Security", "CA5394", Justification = "The result must be reproducible.")]
    public static IReadOnlyList<Cell> Generate(Matrix matrix, int count, int seed)
    {
        var random = new Random(seed);
        // Without an answer, or with transient errors only, the timeouts of Production expire first: minutes.
        var faulty = matrix.Cells.Where(cell => cell is
        {
            IsSlow: false,
            Call.IsShared: false,
            Fault: { Transform: not null, Name: not ("silent" or "late" or "disk-full-for-good") },
        }).ToArray();
        var first = StepCalls.All.First(call => call.Step == StepIds.UpdateStatus);
        string arguments = $"--signups {count} --seed {seed}";
        return
        [
            .. Enumerable.Range(0, count)
                .Select(number => number % EveryTenth == 0 ? faulty[random.Next(faulty.Length)] : new Cell(first, None))
                .Select(cell => cell with { RepeatArguments = arguments }),
        ];
    }
}
