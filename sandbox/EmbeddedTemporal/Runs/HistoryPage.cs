using EmbeddedTemporal.Rpc;

namespace EmbeddedTemporal.Runs;

/// <summary>A piece of a history, and the token with which to ask for the next piece; empty at the end.</summary>
internal sealed record HistoryPage(History History, ByteString NextPageToken)
{
    private const int MaximumEvents = 2_000;
    private const int MaximumBytes = 3 * 1024 * 1024;

    /// <param name="from">Id of the first event.</param>
    /// <param name="withUnwritten">Also shows the events of a repeated workflow task in flight.</param>
    /// <param name="size">How many events at most; 0 leaves it to the server.</param>
    public static HistoryPage Read(Run run, long from, bool withUnwritten, int size = 0)
    {
        var limit = size is > 0 and < MaximumEvents ? size : MaximumEvents;
        var all = withUnwritten ? run.Events.Concat(run.Task.Unwritten) : run.Events;
        var history = new History();
        var bytes = 0;
        foreach (var e in all.Skip((int)from - 1))
        {
            if (history.Events.Count == limit || bytes > MaximumBytes)
                return new HistoryPage(history, Token(run, from + history.Events.Count));
            history.Events.Add(e);
            bytes += e.CalculateSize();
        }

        return new HistoryPage(history, ByteString.Empty);
    }

    public static ByteString Token(Run run, long next) => new PageToken(run.RunId, next).ToBytes();
}
