using Torture.Cells;
using Torture.Running;

namespace Torture.Tests.Running;

public sealed class RepeatCommandTests
{
    private static readonly IReadOnlyList<Cell> Cells = Matrix.Generate().Cells;

    [Fact]
    public void A_cell_is_repeated_by_its_full_name() =>
        Assert.Equal(
            $"./dev torture --filter {Cells[0].Name}",
            new RepeatCommand(servers: null, brokenUndo: null).For(Cells[0]));

    [Fact]
    public void The_real_servers_and_the_faked_undo_of_the_run_are_repeated() =>
        Assert.Equal(
            $"./dev torture --real --servers /opt/servers --break-undo create-idp --filter {Cells[0].Name}",
            new RepeatCommand("/opt/servers", "create-idp").For(Cells[0]));

    [Fact]
    public void The_cells_of_a_batch_are_repeated_together() =>
        Assert.Equal(
            $"./dev torture --filter {Cells[0].Name} --filter {Cells[1].Name}",
            new RepeatCommand(servers: null, brokenUndo: null).For(Cells[0], Cells[1]));
}
