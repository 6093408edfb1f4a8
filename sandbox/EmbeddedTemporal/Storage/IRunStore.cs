namespace EmbeddedTemporal.Storage;

/// <summary>
/// Where the server's rows live. All members but <see cref="IAsyncDisposable.DisposeAsync"/> are called under the
/// shard's lock. The rows put or deleted between two calls of <see cref="Commit"/> become durable together or not
/// at all, which is what makes an action between two runs (the start of a child, say) safe.
/// </summary>
internal interface IRunStore : IAsyncDisposable
{
    void Put(RowKey key, IMessage value);

    void Delete(RowKey key);

    void DeleteOwner(string owner);

    /// <summary>Ends a unit; the task ends when this unit and all earlier ones are durable.</summary>
    Task Commit();

    /// <summary>
    /// Throws the begun unit away, because the work that wrote it failed halfway. If there was anything in it, memory
    /// and rows differ from now on: true, and no later unit becomes durable.
    /// </summary>
    bool Abandon(Exception failed);

    /// <summary>All rows, by owner, kind and id.</summary>
    IEnumerable<StoredRow> Load();
}

/// <summary>What a row holds; part of the file format, so values never change their meaning.</summary>
internal enum RowKind
{
    Namespace = 1,
    Run = 2,
    HistoryEvent = 3,
    BufferedEvent = 4,
    ActivityProgress = 5,
    Schedule = 6,
}

/// <param name="Owner">A run id, the name of a namespace, or both names of a schedule.</param>
internal readonly record struct RowKey(string Owner, RowKind Kind, long Id);

internal sealed record StoredRow(RowKey Key, byte[] Data);
