using Microsoft.Data.Sqlite;

namespace EmbeddedTemporal.Storage;

/// <summary>
/// Rows in a SQLite file. One thread writes; it takes all units that wait together as one transaction, so that
/// many callers share one flush to disk.
/// </summary>
internal sealed class SqliteRunStore : IRunStore
{
    private readonly SqliteFile file;
    private readonly Lock gate = new();
    private readonly SemaphoreSlim wake = new(0);
    private readonly Task writing;
    private List<SqliteChange> unit = [];
    private Batch waiting = new();
    private Task latest = Task.CompletedTask;
    private bool isAbandoned;
    private volatile bool isClosing;

    private SqliteRunStore(SqliteFile file)
    {
        this.file = file;
        writing = Task.Factory.StartNew(
            Write, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <exception cref="IOException">The file cannot be opened, is in use, or has another format.</exception>
    public static SqliteRunStore Open(string path) => new(SqliteFile.Open(path));

    public void Put(RowKey key, IMessage value) => unit.Add(SqliteChange.Put(key, value.ToByteArray()));

    public void Delete(RowKey key) => unit.Add(SqliteChange.Delete(key));

    public void DeleteOwner(string owner) => unit.Add(SqliteChange.DeleteOwner(owner));

    public Task Commit()
    {
        if (isAbandoned) unit.Clear();
        if (unit.Count == 0) return latest;
        lock (gate)
        {
            waiting.Changes.AddRange(unit);
            latest = waiting.Written.Task;
        }

        unit = [];
        wake.Release();
        return latest;
    }

    public bool Abandon(Exception failed)
    {
        if (unit.Count == 0) return false;
        unit.Clear();
        isAbandoned = true;
        latest = Task.FromException(Abandoned.After(failed));
        return true;
    }

    public IEnumerable<StoredRow> Load() => file.Load();

    public async ValueTask DisposeAsync()
    {
        isClosing = true;
        wake.Release();
        await writing;
        wake.Dispose();
        file.Dispose();
    }

    private void Write()
    {
        SqliteException? broken = null;
        while (!isClosing || waiting.Changes.Count > 0)
        {
            if (!isClosing) wake.Wait();
            var batch = Take();
            if (batch.Changes.Count == 0) continue;
            try
            {
                // After a failed write memory and disk differ: nothing more is acknowledged.
                if (broken is null) file.Apply(batch.Changes);
            }
            catch (SqliteException failed)
            {
                broken = failed;
            }

            if (broken is null) batch.Written.SetResult();
            else batch.Written.SetException(new IOException($"cannot write {file.Path}: {broken.Message}", broken));
        }
    }

    private Batch Take()
    {
        lock (gate)
        {
            var taken = waiting;
            waiting = new Batch();
            return taken;
        }
    }

    /// <summary>Units that become durable together.</summary>
    private sealed class Batch
    {
        public List<SqliteChange> Changes { get; } = [];

        public TaskCompletionSource Written { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
