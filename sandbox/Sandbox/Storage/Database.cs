using Microsoft.Data.Sqlite;

namespace Sandbox.Storage;

/// <summary>
/// What a stand-in knows, in one SQLite file: what an answer says is in the file before the answer leaves, so it
/// survives a killed process. Without a file it lives in memory. One caller at a time; calls nest on the same thread.
/// </summary>
internal sealed class Database : IDisposable
{
    private readonly SqliteConnection connection;
    private readonly Lock gate = new();
    private SqliteTransaction? transaction;

    private Database(SqliteConnection connection) => this.connection = connection;

    public static Database Open(string? file, string schema)
    {
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = file ?? ":memory:", Pooling = false }.ConnectionString);
        connection.Open();
        var database = new Database(connection);
        // NORMAL hands each commit to the operating system: safe when the process is killed, which is what is promised
        // here.
        database.Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;");
        database.Execute(schema);
        return database;
    }

    public int Execute(string sql, params object?[] values)
    {
        lock (gate)
        {
            using var command = Command(sql, values);
            return command.ExecuteNonQuery();
        }
    }

    public List<T> Query<T>(string sql, Func<SqliteDataReader, T> read, params object?[] values)
    {
        lock (gate)
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

    /// <summary>All of <paramref name="work"/> or nothing of it; nobody else is let in meanwhile.</summary>
    public T Transaction<T>(Func<T> work)
    {
        lock (gate)
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

    // Values are written as ?1, ?2, … in the text.
    private SqliteCommand Command(string sql, object?[] values)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // Every text comes from this project; values travel as parameters.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.Transaction = transaction;
        for (var i = 0; i < values.Length; i++)
            command.Parameters.AddWithValue($"?{i + 1}", values[i] ?? DBNull.Value);
        return command;
    }
}
