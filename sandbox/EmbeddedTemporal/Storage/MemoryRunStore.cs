namespace EmbeddedTemporal.Storage;

/// <summary>Keeps nothing: the server's own state is the only copy, and ends with the process.</summary>
internal sealed class MemoryRunStore : IRunStore
{
    private bool isTouched;
    private Task latest = Task.CompletedTask;

    public void Put(RowKey key, IMessage value) => isTouched = true;

    public void Delete(RowKey key) => isTouched = true;

    public void DeleteOwner(string owner) => isTouched = true;

    public Task Commit()
    {
        isTouched = false;
        return latest;
    }

    public bool Abandon(Exception failed)
    {
        if (!isTouched) return false;
        latest = Task.FromException(Abandoned.After(failed));
        return true;
    }

    public IEnumerable<StoredRow> Load() => [];

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
