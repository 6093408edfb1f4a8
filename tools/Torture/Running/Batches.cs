using Torture.Cells;

namespace Torture.Running;

/// <summary>
/// Cells that one death of a part serves: each is held at its own call at that moment, so no more of them than the
/// product runs side by side.
/// </summary>
internal static class Batches
{
    private const int Most = 8;
    private const int MaxUndos = 3;

    /// <summary>Realms are made one at a time: such a cell is held last, and alone.</summary>
    public static bool IsOneAtATime(Cell cell) => cell.Call is { Step: StepIds.CreateIdp, IsUndo: false };

    // Its worker has other settings.
    private static bool IsAlone(Cell cell) => cell.Off is not null;

    public static IEnumerable<List<Cell>> Of(IEnumerable<Cell> cells)
    {
        foreach (var part in cells.Where(cell => cell.Fault.Kills is not null).GroupBy(cell => cell.Fault.Kills))
        {
            var batches = new List<List<Cell>>();
            foreach (var cell in part)
            {
                if (batches.Find(batch => HasRoomFor(batch, cell)) is { } batch)
                {
                    batch.Add(cell);
                }
                else
                {
                    batches.Add([cell]);
                }
            }

            foreach (var batch in batches)
            {
                yield return batch;
            }
        }
    }

    private static bool HasRoomFor(List<Cell> batch, Cell cell) =>
        batch.Count < Most
        && !IsAlone(cell) && !batch.Exists(IsAlone)
        && !(IsOneAtATime(cell) && batch.Any(IsOneAtATime))
        && !(cell.Call.IsUndo
            && batch.Count(other => other.Call.IsUndo && other.Call.Queue == cell.Call.Queue) >= MaxUndos);
}
