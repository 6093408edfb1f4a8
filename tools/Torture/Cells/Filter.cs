namespace Torture.Cells;

/// <summary>
/// Which cells are meant: the one with exactly this name, so that the command which repeats a cell runs that one alone;
/// where none has it, those with the text in their name.
/// </summary>
internal static class Filter
{
    public static IEnumerable<Cell> Apply(IReadOnlyList<Cell> cells, IReadOnlyList<string> texts) => texts.Count == 0
        ? cells
        : cells.Where(cell => texts.Any(text => cell.Name == text
            || (cell.Name.Contains(text, StringComparison.Ordinal) && cells.All(other => other.Name != text))));
}
