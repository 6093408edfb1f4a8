using Microsoft.Data.Sqlite;

namespace Sandbox.Storage;

/// <summary>
/// State of a stand-in in one SQLite file, or in memory without a file. A change is in the file before it is answered,
/// so it survives a kill of the process. One thread at a time has access; calls may nest on that thread.
/// </summary>
internal sealed class Database : IDisposable
{
    private readonly SqliteConnection connection;
    private readonly Lock connectionLock = new();
    private SqliteTransaction? transaction;

    private Database(SqliteConnection connection) => this.connection = connection;

    public static Database Open(string? file, string schema)
    {
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = file ?? ":memory:", Pooling = false }.ConnectionString);
        connection.Open();
        var database = new Database(connection);
        // NORMAL hands each commit to the operating system. That is enough to survive a kill of the process.
        database.Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;");
        database.Execute(schema);
        return database;
    }

    public int Execute(string sql, params object?[] values)
    {
        lock (connectionLock)
        {
            using var command = Command(sql, values);
            return command.ExecuteNonQuery();
        }
    }

    public List<T> Query<T>(string sql, Func<SqliteDataReader, T> read, params object?[] values)
    {
        lock (connectionLock)
        {
            using var command = Command(sql, values);
            using var reader = command.ExecuteReader();
            var rows = new List<T>();
            while (reader.Read())
                rows.Add(read(reader));
            return rows;
        }
    }

    public long Count(string sql, params object?[] values) => Query(sql, row => row.GetInt64(0), values)[0];

    /// <summary>
    /// Runs <paramref name="work"/> in a transaction and excludes other threads meanwhile. A nested call joins the open
    /// transaction.
    /// </summary>
    public T Transaction<T>(Func<T> work)
    {
        lock (connectionLock)
        {
            if (transaction is not null)
                return work();
            try
            {
                transaction = connection.BeginTransaction();
                var result = work();
                transaction.Commit();
                return result;
            }
            finally
            {
                transaction?.Dispose();
                transaction = null;
            }
        }
    }

    public void Transaction(Action work) => Transaction(() =>
    {
        work();
        return true;
    });

    public void Dispose() => connection.Dispose();

    // The SQL text refers to the values as ?1, ?2, …
    private SqliteCommand Command(string sql, object?[] values)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // Every SQL text is a constant of this project; values are passed as parameters.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.Transaction = transaction;
        for (var i = 0; i < values.Length; i++)
            command.Parameters.AddWithValue($"?{i + 1}", values[i] ?? DBNull.Value);
        return command;
    }
}
