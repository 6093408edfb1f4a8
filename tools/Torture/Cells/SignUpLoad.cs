using System.Diagnostics.CodeAnalysis;
using ControlPlane.Provisioning;

namespace Torture.Cells;

/// <summary>
/// Many customers at once; every tenth meets a random fault of the matrix, the same for the same seed. Those that kill
/// a part, wait for a person or wait for minutes are left to the matrix.
/// </summary>
internal static class SignUpLoad
{
    private const int EveryTenth = 10;

    private static readonly Fault None = new(
        "sign-up", "nothing goes wrong", Ending.Active, run => run.ProvisionAsync());

    [SuppressMessage("Security", "CA5394", Justification = "It must be the same each time.")]
    public static IReadOnlyList<Cell> Generate(Matrix matrix, int count, int seed)
    {
        var random = new Random(seed);
        // Where no answer comes, or none but a passing refusal, the patience of Production is spent first: minutes.
        var faulty = matrix.Cells.Where(cell => cell is
        {
            IsSlow: false,
            Call.IsShared: false,
            Fault: { Transform: not null, Name: not ("silent" or "late" or "disk-full-for-good") },
        }).ToArray();
        var first = StepCalls.All.First(call => call.Step == ProvisioningSteps.UpdateStatus);
        string again = $"--signups {count} --seed {seed}";
        return
        [
            .. Enumerable.Range(0, count)
                .Select(number => number % EveryTenth == 0 ? faulty[random.Next(faulty.Length)] : new Cell(first, None))
                .Select(cell => cell with { RepeatArguments = again }),
        ];
    }
}
