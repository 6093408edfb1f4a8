namespace FunctionsHost.Workers;

/// <summary>
/// The deaths of workers that count against a restart. The third one ends the host; a death more than 30 minutes after
/// the last begins a new count.
/// </summary>
internal sealed class WorkerErrors(TimeProvider time)
{
    private const int Limit = 3;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(30);

    private int count;
    private DateTimeOffset last;

    /// <summary>Counts a death; returns whether the worker is restarted after it.</summary>
    public bool MayRestart()
    {
        var now = time.GetUtcNow();
        if (now - last > Window)
            count = 0;
        last = now;
        return ++count < Limit;
    }
}
