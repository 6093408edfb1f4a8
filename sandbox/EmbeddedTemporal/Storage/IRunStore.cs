namespace EmbeddedTemporal.Storage;

/// <summary>
/// The store of the server's rows. All members except <see cref="IAsyncDisposable.DisposeAsync"/> are called under the
/// shard's lock. The changes between two calls of <see cref="Commit"/> form a unit: they become durable together or
/// not at all. This makes an action between two runs safe, such as the start of a child.
/// </summary>
internal interface IRunStore : IAsyncDisposable
{
    void Put(RowKey key, IMessage value);

    void Delete(RowKey key);

    void DeleteOwner(string owner);

    /// <summary>Ends a unit. The task completes when this unit and all earlier units are durable.</summary>
    Task Commit();

    /// <summary>
    /// Discards the current unit after the work that wrote it failed. Returns false if the unit was empty. Otherwise
    /// memory and rows differ from now on, and no later unit becomes durable.
    /// </summary>
    bool Discard(Exception cause);

    /// <summary>Returns all rows, ordered by owner, kind and id.</summary>
    IEnumerable<StoredRow> Load();
}

/// <summary>The kind of a row. The values are part of the file format and never change their meaning.</summary>
internal enum RowKind
{
    Namespace = 1,
    Run = 2,
    HistoryEvent = 3,
    BufferedEvent = 4,
    ActivityProgress = 5,
    Schedule = 6,
    SearchAttributes = 7,
}

/// <param name="Owner">A run id, a namespace name, or the namespace and id of a schedule.</param>
internal readonly record struct RowKey(string Owner, RowKind Kind, long Id);

internal sealed record StoredRow(RowKey Key, byte[] Data);
