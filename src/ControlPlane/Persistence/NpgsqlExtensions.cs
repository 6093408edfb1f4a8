using System.Data;
using ControlPlane.Audit;
using Npgsql;

namespace ControlPlane.Persistence;

/// <summary>Runs SQL commands with positional parameters (<c>$1, $2, …</c>) and reads their rows.</summary>
public static class NpgsqlExtensions
{
    /// <summary>Creates a command on its own connection, outside any transaction.</summary>
    public static NpgsqlCommand Command(this NpgsqlDataSource database, string sql, params object?[] values) =>
        AddParameters(database.CreateCommand(sql), values);

    /// <summary>Creates a command on this connection, and thus in its transaction.</summary>
    public static NpgsqlCommand Command(this NpgsqlConnection connection, string sql, params object?[] values) =>
        AddParameters(new NpgsqlCommand(sql, connection), values);

    /// <returns>The number of affected rows; zero for a conditional update whose condition does not hold.</returns>
    public static async Task<int> ExecuteAsync(this NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using (command)
        {
            return await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    /// <returns>All rows.</returns>
    public static async Task<List<T>> ReadAllAsync<T>(
        this NpgsqlCommand command, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        await using (command)
        {
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            var rows = new List<T>();
            while (await reader.ReadAsync(cancellationToken))
            {
                rows.Add(read(reader));
            }

            return rows;
        }
    }

    /// <returns>The first row, or null if there is none.</returns>
    public static async Task<T?> ReadFirstAsync<T>(
        this NpgsqlCommand command, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
        where T : class =>
        (await command.ReadAllAsync(read, cancellationToken)).FirstOrDefault();

    /// <summary>Runs the work in one transaction, which is rolled back if the work throws.</summary>
    public static Task<T> InTransactionAsync<T>(
        this NpgsqlDataSource database, Func<NpgsqlConnection, Task<T>> work, CancellationToken cancellationToken) =>
        database.InTransactionAsync(IsolationLevel.ReadCommitted, work, cancellationToken);

    /// <summary>Runs read-only work on one snapshot of the database, unaffected by concurrent writes.</summary>
    public static Task<T> InSnapshotAsync<T>(
        this NpgsqlDataSource database, Func<NpgsqlConnection, Task<T>> work, CancellationToken cancellationToken) =>
        database.InTransactionAsync(IsolationLevel.RepeatableRead, work, cancellationToken);

    public static string? FindText(this NpgsqlDataReader row, string column) =>
        row[column] is string text ? text : null;

    public static DateTimeOffset? FindTime(this NpgsqlDataReader row, string column)
    {
        int ordinal = row.GetOrdinal(column);
        return row.IsDBNull(ordinal) ? null : row.GetFieldValue<DateTimeOffset>(ordinal);
    }

    public static string Text(this NpgsqlDataReader row, string column) => row.GetString(row.GetOrdinal(column));

    public static string[] Texts(this NpgsqlDataReader row, string column) =>
        row.GetFieldValue<string[]>(row.GetOrdinal(column));

    public static int Number(this NpgsqlDataReader row, string column) => row.GetInt32(row.GetOrdinal(column));

    public static bool Flag(this NpgsqlDataReader row, string column) => row.GetBoolean(row.GetOrdinal(column));

    public static Guid Id(this NpgsqlDataReader row, string column) => row.GetGuid(row.GetOrdinal(column));

    public static DateTimeOffset Time(this NpgsqlDataReader row, string column) =>
        row.GetFieldValue<DateTimeOffset>(row.GetOrdinal(column));

    private static async Task<T> InTransactionAsync<T>(
        this NpgsqlDataSource database, IsolationLevel isolation, Func<NpgsqlConnection, Task<T>> work,
        CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(isolation, cancellationToken);
        if (isolation == IsolationLevel.ReadCommitted && AuditActor.Current is { } actor)
        {
            await actor.AnnounceAsync(connection, cancellationToken);
        }

        var result = await work(connection);
        await transaction.CommitAsync(cancellationToken);
        return result;
    }

    private static NpgsqlCommand AddParameters(NpgsqlCommand command, object?[] values)
    {
        foreach (object? value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value });
        }

        return command;
    }
}
