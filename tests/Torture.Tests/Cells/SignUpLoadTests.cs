using Torture.Cells;

namespace Torture.Tests.Cells;

public sealed class SignUpLoadTests
{
    private readonly Matrix matrix = Matrix.Generate();

    [Fact]
    public void Every_tenth_customer_has_a_fault_and_the_others_have_none()
    {
        var faults = SignUpLoad.Generate(matrix, count: 30, seed: 1).Select(cell => cell.Fault.Transform is not null);

        Assert.Equal(Enumerable.Range(0, 30).Select(number => number % 10 == 0), faults);
    }

    [Fact]
    public void The_same_seed_gives_the_same_faults() => Assert.Equal(Names(seed: 5), Names(seed: 5));

    [Fact]
    public void Another_seed_gives_other_faults() => Assert.NotEqual(Names(seed: 5), Names(seed: 6));

    [Fact]
    public void No_fault_kills_a_part_waits_for_minutes_or_hits_other_customers() =>
        Assert.All(
            SignUpLoad.Generate(matrix, count: 2000, seed: 1),
            cell => Assert.True(
                cell is { Fault.KilledPart: null, SwitchedOffSystem: null, IsSlow: false, Call.IsShared: false },
                cell.Name));

    [Fact]
    public void A_customer_is_repeated_by_the_options_of_the_whole_load() =>
        Assert.Equal(
            "--signups 20 --seed 4",
            Assert.Single(SignUpLoad.Generate(matrix, count: 20, seed: 4)
                .Select(cell => cell.RepeatArguments).Distinct()));

    private List<string> Names(int seed) => [.. SignUpLoad.Generate(matrix, 200, seed).Select(cell => cell.Name)];
}
