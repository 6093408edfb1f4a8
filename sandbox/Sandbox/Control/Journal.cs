using System.Text.Json;
using Sandbox.Storage;

namespace Sandbox.Control;

/// <summary>
/// The received calls, in order. Stored with the other state, so the journal survives a kill of the sandbox.
/// </summary>
public sealed class Journal : IDisposable
{
    /// <summary>Number of stored calls. Older ones are deleted, so that the journal does not fill the disk.</summary>
    private const int Capacity = 20_000;

    private readonly Database database;
    private readonly TimeProvider time;
    private long number;

    internal Journal(string? file, TimeProvider time)
    {
        this.time = time;
        database = Database.Open(
            file, "CREATE TABLE IF NOT EXISTS calls (number INTEGER PRIMARY KEY, entry TEXT NOT NULL)");
        number = database.Count("SELECT COALESCE(MAX(number), 0) FROM calls");
    }

    /// <summary>Returns the calls with a number above <paramref name="after"/>, oldest first.</summary>
    public IReadOnlyList<JournalEntry> Calls(long after = 0, int limit = 1000) => database.Query(
        "SELECT entry FROM calls WHERE number > ?1 ORDER BY number LIMIT ?2",
        row => JsonSerializer.Deserialize<JournalEntry>(row.GetString(0), ControlJson.Options)!,
        after,
        limit);

    /// <summary>Deletes all calls; the numbering continues.</summary>
    public void Clear() => database.Execute("DELETE FROM calls");

    public void Dispose() => database.Dispose();

    internal JournalEntry Begin(string system, string method, string path, string query = "")
    {
        var entry = new JournalEntry(
            Interlocked.Increment(ref number), time.GetUtcNow(), system, method, path, query);
        Write(entry);
        if (entry.Number % 1000 == 0)
            database.Execute("DELETE FROM calls WHERE number <= ?1", entry.Number - Capacity);
        return entry;
    }

    internal void Write(JournalEntry entry) => database.Execute(
        "INSERT OR REPLACE INTO calls VALUES (?1, ?2)",
        entry.Number,
        JsonSerializer.Serialize(entry, ControlJson.Options));
}
