using Microsoft.Data.Sqlite;

namespace EmbeddedTemporal.Storage;

/// <summary>A change to one row, or the deletion of all rows of an owner.</summary>
internal sealed record SqliteChange(string Statement, RowKey Key, byte[]? Data)
{
    public static SqliteChange Put(RowKey key, byte[] data) => new(
        "INSERT OR REPLACE INTO rows (owner, kind, id, data) VALUES ($owner, $kind, $id, $data)", key, data);

    public static SqliteChange Delete(RowKey key) => new(
        "DELETE FROM rows WHERE owner = $owner AND kind = $kind AND id = $id", key, null);

    public static SqliteChange DeleteOwner(string owner) => new(
        "DELETE FROM rows WHERE owner = $owner", new RowKey(owner, default, 0), null);
}

/// <summary>The SQLite file of one server: a single table, flushed to disk with every transaction.</summary>
internal sealed class SqliteFile : IDisposable
{
    private const int FormatVersion = 1;

    private readonly SqliteConnection connection;
    private readonly Dictionary<string, SqliteCommand> commands = [];

    private SqliteFile(string path, SqliteConnection connection) => (Path, this.connection) = (path, connection);

    public string Path { get; }

    public static SqliteFile Open(string path)
    {
        var source = new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 1 };
        var connection = new SqliteConnection(source.ConnectionString);
        try
        {
            connection.Open();
            Prepare(connection, path);
            return new SqliteFile(path, connection);
        }
        catch (SqliteException exception)
        {
            connection.Dispose();
            throw new IOException(
                $"cannot open {path}: {exception.Message}. Is another server using it? Is it a file of this server?",
                exception);
        }
        catch (IOException)
        {
            connection.Dispose();
            throw;
        }
    }

    public void Apply(IReadOnlyList<SqliteChange> changes)
    {
        using var transaction = connection.BeginTransaction();
        foreach (var change in changes)
        {
            var command = GetCommand(change.Statement);
            command.Transaction = transaction;
            command.Parameters["$owner"].Value = change.Key.Owner;
            command.Parameters["$kind"].Value = (int)change.Key.Kind;
            command.Parameters["$id"].Value = change.Key.Id;
            command.Parameters["$data"].Value = change.Data ?? (object)DBNull.Value;
            command.ExecuteNonQuery();
        }

        transaction.Commit();
    }

    public IEnumerable<StoredRow> Load()
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT owner, kind, id, data FROM rows ORDER BY owner, kind, id";
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var key = new RowKey(reader.GetString(0), (RowKind)reader.GetInt32(1), reader.GetInt64(2));
            yield return new StoredRow(key, reader.GetFieldValue<byte[]>(3));
        }
    }

    public void Dispose()
    {
        foreach (var command in commands.Values) command.Dispose();
        connection.Dispose();
    }

    private static void Prepare(SqliteConnection connection, string path)
    {
        // The first write takes an exclusive lock, which prevents two servers from using one file.
        Run(connection, "PRAGMA locking_mode = EXCLUSIVE");
        Run(connection, "PRAGMA journal_mode = WAL");
        Run(connection, "PRAGMA synchronous = FULL");
        Run(connection, "BEGIN IMMEDIATE; COMMIT");
        var version = (long)Run(connection, "PRAGMA user_version")!;
        if (version is not 0 and not FormatVersion)
        {
            throw new IOException(
                $"{path} has format {version}, expected {FormatVersion}: another version of the server wrote it");
        }

        Run(connection, """
            CREATE TABLE IF NOT EXISTS rows (
                owner TEXT NOT NULL, kind INTEGER NOT NULL, id INTEGER NOT NULL, data BLOB NOT NULL,
                PRIMARY KEY (owner, kind, id)) WITHOUT ROWID
            """);
        Run(connection, FormattableString.Invariant($"PRAGMA user_version = {FormatVersion}"));
    }

    private static object? Run(SqliteConnection connection, string statement)
    {
        using var command = connection.CreateCommand();
        command.CommandText = statement;
        return command.ExecuteScalar();
    }

    private SqliteCommand GetCommand(string statement)
    {
        if (commands.TryGetValue(statement, out var command)) return command;
        command = connection.CreateCommand();
        command.CommandText = statement;
        command.Parameters.Add("$owner", SqliteType.Text);
        command.Parameters.Add("$kind", SqliteType.Integer);
        command.Parameters.Add("$id", SqliteType.Integer);
        command.Parameters.Add("$data", SqliteType.Blob);
        return commands[statement] = command;
    }
}
