using Microsoft.Data.Sqlite;

namespace EmbeddedTemporal.Storage;

/// <summary>
/// Stores rows in a SQLite file. One thread writes all pending units in one transaction, so that many callers share
/// one flush to disk.
/// </summary>
internal sealed class SqliteRunStore : IRunStore
{
    private readonly SqliteFile file;
    private readonly Lock gate = new();
    private readonly SemaphoreSlim signal = new(0);
    private readonly Task writer;
    private List<SqliteChange> unit = [];
    private Batch pending = new();
    private Task lastCommit = Task.CompletedTask;
    private bool isDiscarding;
    private volatile bool isClosing;

    private SqliteRunStore(SqliteFile file)
    {
        this.file = file;
        writer = Task.Factory.StartNew(
            Write, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <exception cref="IOException">The file cannot be opened, is in use, or has another format.</exception>
    public static SqliteRunStore Open(string path) => new(SqliteFile.Open(path));

    public void Put(RowKey key, IMessage value) => unit.Add(SqliteChange.Put(key, value.ToByteArray()));

    public void Delete(RowKey key) => unit.Add(SqliteChange.Delete(key));

    public void DeleteOwner(string owner) => unit.Add(SqliteChange.DeleteOwner(owner));

    public Task Commit()
    {
        if (isDiscarding) unit.Clear();
        if (unit.Count == 0) return lastCommit;
        lock (gate)
        {
            pending.Changes.AddRange(unit);
            lastCommit = pending.Written.Task;
        }

        unit = [];
        signal.Release();
        return lastCommit;
    }

    public bool Discard(Exception cause)
    {
        if (unit.Count == 0) return false;
        unit.Clear();
        isDiscarding = true;
        lastCommit = Task.FromException(StoreErrors.ChangeDiscarded(cause));
        return true;
    }

    public IEnumerable<StoredRow> Load() => file.Load();

    public async ValueTask DisposeAsync()
    {
        isClosing = true;
        signal.Release();
        await writer;
        signal.Dispose();
        file.Dispose();
    }

    private void Write()
    {
        SqliteException? failure = null;
        while (!isClosing || pending.Changes.Count > 0)
        {
            if (!isClosing) signal.Wait();
            var batch = TakeBatch();
            if (batch.Changes.Count == 0) continue;
            try
            {
                // After a failed write memory and disk differ, so no further unit is acknowledged.
                if (failure is null) file.Apply(batch.Changes);
            }
            catch (SqliteException exception)
            {
                failure = exception;
            }

            if (failure is null) batch.Written.SetResult();
            else batch.Written.SetException(new IOException($"cannot write {file.Path}: {failure.Message}", failure));
        }
    }

    private Batch TakeBatch()
    {
        lock (gate)
        {
            var taken = pending;
            pending = new Batch();
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
