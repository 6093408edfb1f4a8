namespace Torture.Cells;

/// <summary>
/// Selects cells by name. A text that is the full name of a cell selects that cell alone, so that the command that
/// repeats a cell runs only this one. Any other text selects all cells whose name contains it.
/// </summary>
internal static class Filter
{
    /// <summary>Returns the cells that match any of the texts; all cells if there is no text.</summary>
    public static IEnumerable<Cell> Apply(IReadOnlyList<Cell> cells, IReadOnlyList<string> texts) => texts.Count == 0
        ? cells
        : cells.Where(cell => texts.Any(text => cell.Name == text
            || (cell.Name.Contains(text, StringComparison.Ordinal) && cells.All(other => other.Name != text))));
}
