using Torture.Cells;
using Torture.Running;

namespace Torture.Tests.Running;

public sealed class BatchesTests
{
    private static readonly IReadOnlyList<Cell> All = Matrix.Generate().Cells;

    private readonly List<List<Cell>> batches = [.. Batches.Group(All)];

    [Fact]
    public void Each_cell_that_kills_a_part_is_in_one_batch() =>
        Assert.Equal(
            All.Where(cell => cell.Fault.KilledPart is not null).Select(cell => cell.Name).Order(),
            batches.SelectMany(batch => batch).Select(cell => cell.Name).Order());

    [Fact]
    public void A_batch_kills_one_part() =>
        Assert.All(batches, batch => Assert.Single(batch.Select(cell => cell.Fault.KilledPart).Distinct()));

    [Fact]
    public void A_batch_holds_at_most_eight_cells_and_three_undos_of_a_queue() =>
        Assert.All(batches, batch =>
        {
            Assert.InRange(batch.Count, 1, 8);
            Assert.All(
                batch.Where(cell => cell.Call.IsUndo).GroupBy(cell => cell.Call.Queue),
                undos => Assert.InRange(undos.Count(), 1, 3));
        });

    [Fact]
    public void A_batch_holds_at_most_one_creation_of_a_realm() =>
        Assert.All(batches, batch => Assert.InRange(batch.Count(Batches.HoldsRealmCreation), 0, 1));

    [Fact]
    public void A_cell_that_switches_a_system_off_has_its_own_batch()
    {
        var switching = batches.Where(batch => batch.Exists(cell => cell.SwitchedOffSystem is not null)).ToList();

        Assert.NotEmpty(switching);
        Assert.All(switching, batch => Assert.Single(batch));
    }
}
