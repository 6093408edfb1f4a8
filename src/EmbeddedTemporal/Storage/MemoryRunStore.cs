namespace EmbeddedTemporal.Storage;

/// <summary>Keeps nothing: the server's own state is the only copy, and ends with the process.</summary>
internal sealed class MemoryRunStore : IRunStore
{
    public void Put(RowKey key, IMessage value)
    {
    }

    public void Delete(RowKey key)
    {
    }

    public void DeleteOwner(string owner)
    {
    }

    public Task Commit() => Task.CompletedTask;

    public IEnumerable<StoredRow> Load() => [];

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
