using Temporalio.Activities;

namespace Worker.Sweeps;

/// <summary>
/// The progress of one part of the sweep. Each processed item moves the cursor, which is sent with the heartbeats: when
/// the worker is killed, the part's next try goes on there, with the same counts and failures.
/// </summary>
public sealed class SweepProgress
{
    private readonly Action<SweepCursor> save;
    private readonly List<string> ended;
    private readonly Dictionary<string, int> counts;
    private string? list;
    private string? last;

    /// <param name="cursor">Where an earlier try has stopped, or the beginning.</param>
    /// <param name="save">Stores the cursor.</param>
    public SweepProgress(SweepCursor cursor, Action<SweepCursor> save)
    {
        this.save = save;
        StartedAt = cursor.StartedAt;
        Errors = new ErrorCollector(cursor.Failures);
        ended = [.. cursor.Ended];
        counts = new(cursor.Counts);
        (list, last) = (cursor.List, cursor.After);
    }

    /// <summary>The start of the part's first try.</summary>
    public DateTimeOffset StartedAt { get; }

    /// <summary>The failures of single items.</summary>
    public ErrorCollector Errors { get; }

    /// <summary>The count of a result.</summary>
    public int this[string result] => counts.GetValueOrDefault(result);

    /// <summary>Goes on from the heartbeat of the current activity's earlier try, if there was one.</summary>
    public static async Task<SweepProgress> ResumeAsync(TimeProvider time)
    {
        var context = ActivityExecutionContext.Current;
        var cursor = context.Info.HeartbeatDetails.Count > 0
            ? await context.Info.HeartbeatDetailAtAsync<SweepCursor>(0)
            : SweepCursor.At(time.GetUtcNow());
        var progress = new SweepProgress(cursor, position => context.Heartbeat(position));
        progress.Save();
        return progress;
    }

    /// <summary>Begins or resumes a list.</summary>
    /// <returns>The last processed item, "" at the beginning; null when the list has ended.</returns>
    public string? Begin(string name)
    {
        if (ended.Contains(name))
        {
            return null;
        }

        if (list != name)
        {
            (list, last) = (name, "");
            Save();
        }

        return last;
    }

    /// <summary>Moves the cursor of the list in progress to the item that was just processed.</summary>
    public void Passed(string item)
    {
        last = item;
        Save();
    }

    /// <summary>Ends the list in progress.</summary>
    public void End()
    {
        ended.Add(list!);
        (list, last) = (null, null);
        Save();
    }

    public void Add(string result, int count) => counts[result] = this[result] + count;

    private void Save() => save(new SweepCursor(
        StartedAt, [.. ended], list, last, new Dictionary<string, int>(counts), Errors.Groups));
}
