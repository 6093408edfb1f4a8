using EmbeddedTemporal.Rpc;

namespace EmbeddedTemporal.Runs;

/// <summary>A page of a history and the token of the next page. The token of the last page is empty.</summary>
internal sealed record HistoryPage(History History, ByteString NextPageToken)
{
    private const int MaxEvents = 2_000;
    private const int MaxBytes = 3 * 1024 * 1024;

    /// <param name="from">The id of the first event.</param>
    /// <param name="withUnwritten">Whether to include the unwritten events of a workflow task in flight.</param>
    /// <param name="size">The maximum number of events; 0 selects the server's limit.</param>
    public static HistoryPage Read(Run run, long from, bool withUnwritten, int size = 0)
    {
        var limit = size is > 0 and < MaxEvents ? size : MaxEvents;
        var all = withUnwritten ? run.Events.Concat(run.Task.Unwritten) : run.Events;
        var history = new History();
        var bytes = 0;
        foreach (var e in all.Skip((int)from - 1))
        {
            if (history.Events.Count == limit || bytes > MaxBytes)
                return new HistoryPage(history, Token(run, from + history.Events.Count));
            history.Events.Add(e);
            bytes += e.CalculateSize();
        }

        return new HistoryPage(history, ByteString.Empty);
    }

    public static ByteString Token(Run run, long next) => new PageToken(run.RunId, next).ToBytes();
}
