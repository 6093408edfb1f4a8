namespace EmbeddedTemporal.Storage;

/// <summary>Stores no rows: the server's state exists in memory only and is lost with the process.</summary>
internal sealed class MemoryRunStore : IRunStore
{
    private bool isChanged;
    private Task lastCommit = Task.CompletedTask;

    public void Put(RowKey key, IMessage value) => isChanged = true;

    public void Delete(RowKey key) => isChanged = true;

    public void DeleteOwner(string owner) => isChanged = true;

    public Task Commit()
    {
        isChanged = false;
        return lastCommit;
    }

    public bool Discard(Exception cause)
    {
        if (!isChanged) return false;
        lastCommit = Task.FromException(StoreErrors.ChangeDiscarded(cause));
        return true;
    }

    public IEnumerable<StoredRow> Load() => [];

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
