namespace Worker.Sweeps;

/// <summary>Failures of one kind in a part of the sweep, with the first names.</summary>
public sealed record FailureGroup(string Code, string Sentence, IReadOnlyList<string> Names, int Count);

/// <summary>How far a part of the sweep has come. It travels in heartbeats, so it holds ids and counts only.</summary>
/// <param name="StartedAt">The start of the part's first try.</param>
/// <param name="Ended">The lists that were processed to their ends.</param>
/// <param name="List">The list in progress; null between two lists.</param>
/// <param name="After">The last item of it that was processed.</param>
/// <param name="Counts">The results until then.</param>
/// <param name="Failures">The failures until then.</param>
public sealed record SweepCursor(
    DateTimeOffset StartedAt,
    IReadOnlyList<string> Ended,
    string? List,
    string? After,
    IReadOnlyDictionary<string, int> Counts,
    IReadOnlyList<FailureGroup> Failures)
{
    public static SweepCursor At(DateTimeOffset startedAt) =>
        new(startedAt, [], null, null, new Dictionary<string, int>(), []);
}
