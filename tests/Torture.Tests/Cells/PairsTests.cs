using Torture.Cells;

namespace Torture.Tests.Cells;

public sealed class PairsTests
{
    private readonly Matrix matrix = Matrix.Generate();

    [Fact]
    public void The_same_seed_gives_the_same_pairs() =>
        Assert.Equal(Names(count: 50, seed: 7), Names(count: 50, seed: 7));

    [Fact]
    public void Another_seed_gives_other_pairs() =>
        Assert.NotEqual(Names(count: 50, seed: 7), Names(count: 50, seed: 8));

    [Fact]
    public void A_smaller_count_gives_the_first_of_the_pairs() =>
        Assert.Equal(Names(count: 50, seed: 7).Take(20), Names(count: 20, seed: 7));

    [Fact]
    public void A_pair_combines_two_cells_of_the_matrix_with_different_calls()
    {
        var cells = matrix.Cells.ToDictionary(cell => cell.Name);

        foreach (string[] parts in Names(count: 100, seed: 1).Select(name => name.Split('+')))
        {
            Assert.Equal(2, parts.Length);
            Assert.NotEqual(cells[parts[0]].Call, cells[parts[1]].Call);
        }
    }

    [Fact]
    public void A_pair_consists_of_faults_that_the_product_survives_without_a_rollback_of_its_own()
    {
        var cells = matrix.Cells.ToDictionary(cell => cell.Name);

        Assert.All(
            Names(count: 100, seed: 1).SelectMany(name => name.Split('+')),
            name => Assert.Equal(Ending.Active, cells[name].Fault.Ending));
    }

    // Behind a failing call no step runs, so a fault there would never match.
    [Fact]
    public void A_fault_of_a_step_is_not_behind_the_call_that_causes_the_rollback()
    {
        var cells = matrix.Cells.ToDictionary(cell => cell.Name);
        List<StepCall> inOrder = [.. StepCalls.All];

        foreach (string[] parts in Names(count: 100, seed: 1).Select(name => name.Split('+')))
        {
            if (cells[parts[0]].Call.Trigger is { } trigger && !cells[parts[1]].Call.IsUndo)
            {
                Assert.True(inOrder.IndexOf(cells[parts[1]].Call) <= inOrder.IndexOf(trigger), string.Join('+', parts));
            }
        }
    }

    private List<string> Names(int count, int seed) =>
        [.. Pairs.Generate(matrix, count, seed).Select(cell => cell.Name)];
}
