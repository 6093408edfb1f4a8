using Torture.Cells;

namespace Torture.Tests.Cells;

public sealed class MatrixTests
{
    private readonly Matrix matrix = Matrix.Generate();

    [Fact]
    public void Cell_names_are_unique() =>
        Assert.Equal(matrix.Cells.Count, matrix.Cells.Select(cell => cell.Name).Distinct().Count());

    [Fact]
    public void Each_combination_of_call_and_fault_is_a_cell_or_left_out_with_a_reason()
    {
        var cells = matrix.Cells.Select(cell => cell.Name).ToHashSet();
        var reasons = matrix.LeftOut.ToLookup(entry => entry.Name, entry => entry.Reason);

        foreach (var call in StepCalls.All)
        {
            foreach (string fault in Faults.All.Select(fault => fault.Name))
            {
                string name = $"{call}/{fault}";
                bool isLeftOut = reasons[name].Any()
                    || reasons[$"{call}/…"].Any(reason => !FaultsIn(reason).Contains(fault));
                Assert.True(cells.Contains(name) != isLeftOut, name);
            }
        }
    }

    [Fact]
    public void Everything_that_is_left_out_has_a_reason() =>
        Assert.All(matrix.LeftOut, entry => Assert.False(string.IsNullOrWhiteSpace(entry.Reason), entry.Name));

    [Fact]
    public void No_step_of_the_product_is_without_calls() =>
        Assert.DoesNotContain(matrix.LeftOut, entry => entry.Reason.Contains("no call", StringComparison.Ordinal));

    [Fact]
    public void Each_call_has_a_cell() =>
        Assert.All(StepCalls.All, call => Assert.Contains(matrix.Cells, cell => cell.Call == call));

    [Fact]
    public void Each_fault_has_a_cell() =>
        Assert.All(Faults.All, fault => Assert.Contains(matrix.Cells, cell => cell.Fault == fault));

    [Fact]
    public void A_cell_of_an_undo_never_expects_an_active_tenant() =>
        Assert.All(
            matrix.Cells.Where(cell => cell.Call.IsUndo),
            cell => Assert.True(cell.Ending is Ending.Failed or Ending.Incomplete, $"{cell.Name}: {cell.Ending}"));

    [Fact]
    public void A_cell_that_expects_a_failure_names_a_step_that_fails()
    {
        var steps = StepCalls.All.Select(call => call.Step).ToHashSet();

        Assert.All(
            matrix.Cells.Where(cell => cell.Ending is Ending.Failed or Ending.Incomplete),
            cell => Assert.Contains(cell.FailedStep, steps));
    }

    [Fact]
    public void A_cell_that_expects_residue_expects_all_that_remains_to_be_reported()
    {
        var incomplete = matrix.Cells.Where(cell => cell.Ending == Ending.Incomplete).ToList();

        Assert.NotEmpty(incomplete);
        Assert.All(incomplete, cell =>
        {
            var residue = ExpectedResidue.Of(cell)!;
            Assert.NotEmpty(residue.Reported);
            // A role is reported with its schema.
            Assert.All(
                residue.Remaining.Where(name => !name.StartsWith("role ", StringComparison.Ordinal)),
                name => Assert.Contains(
                    residue.Reported, other => other.EndsWith(name.Split(' ')[1], StringComparison.Ordinal)));
        });
    }

    // The faults to which a call is limited, from the end of the reason: (only a, b).
    private static string[] FaultsIn(string reason) => reason.Split("(only ")[^1].TrimEnd(')').Split(", ");
}
