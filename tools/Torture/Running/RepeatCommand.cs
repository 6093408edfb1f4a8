using Torture.Cells;

namespace Torture.Running;

/// <summary>Builds the command that repeats a cell with the options of this run.</summary>
/// <param name="servers">The folder of the real servers; null for the stand-ins.</param>
/// <param name="brokenUndo">The step whose undo is faked; null for none.</param>
internal sealed class RepeatCommand(string? servers, string? brokenUndo)
{
    private readonly string command = "./dev torture"
        + (servers is null ? "" : $" --real --servers {servers}")
        + (brokenUndo is null ? "" : $" --break-undo {brokenUndo}");

    /// <summary>Returns the command for these cells. The cells of one batch are repeated together.</summary>
    public string For(params IEnumerable<Cell> cells) =>
        $"{command} {string.Join(' ', cells.Select(cell => cell.RepeatArguments).Distinct())}";
}
