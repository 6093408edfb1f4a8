using Torture.Cells;

namespace Torture.Running;

/// <summary>
/// Groups the cells that share one kill of a part. Each is held at its own call at that moment, so a batch is limited
/// to what the product runs in parallel.
/// </summary>
internal static class Batches
{
    private const int MaxCells = 8;
    private const int MaxUndos = 3;

    /// <summary>Whether the cell holds the creation of realms, which is serial: it is held last and alone.</summary>
    public static bool HoldsRealmCreation(Cell cell) => cell.Call is { Step: StepIds.CreateIdp, IsUndo: false };

    // The worker of such a batch has other settings.
    private static bool NeedsOwnBatch(Cell cell) => cell.SwitchedOffSystem is not null;

    public static IEnumerable<List<Cell>> Group(IEnumerable<Cell> cells)
    {
        foreach (var part in cells
            .Where(cell => cell.Fault.KilledPart is not null).GroupBy(cell => cell.Fault.KilledPart))
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
        batch.Count < MaxCells
        && !NeedsOwnBatch(cell) && !batch.Exists(NeedsOwnBatch)
        && !(HoldsRealmCreation(cell) && batch.Any(HoldsRealmCreation))
        && !(cell.Call.IsUndo
            && batch.Count(other => other.Call.IsUndo && other.Call.Queue == cell.Call.Queue) >= MaxUndos);
}
