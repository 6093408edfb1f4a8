using Torture.Cells;

namespace Torture.Running;

/// <summary>The command that repeats a cell, with what this run was given.</summary>
/// <param name="servers">The folder of the real servers; null: with the stand-ins.</param>
/// <param name="brokenUndo">The step whose undo is broken; null: none is.</param>
internal sealed class RepeatCommand(string? servers, string? brokenUndo)
{
    private readonly string command = "./dev torture"
        + (servers is null ? "" : $" --real --servers {servers}")
        + (brokenUndo is null ? "" : $" --break-undo {brokenUndo}");

    /// <summary>Cells that one death served are repeated together.</summary>
    public string For(params IEnumerable<Cell> cells) =>
        $"{command} {string.Join(' ', cells.Select(cell => cell.RepeatArguments).Distinct())}";
}
