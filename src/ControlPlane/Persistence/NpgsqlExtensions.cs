using System.Data;
using Npgsql;

namespace ControlPlane.Persistence;

/// <summary>Shortcuts for plain SQL: commands with positional parameters, reading of rows, and transactions.</summary>
public static class NpgsqlExtensions
{
    /// <summary>
    /// Creates a command that runs on a connection of its own, outside any transaction.
    /// </summary>
    /// <param name="database">The connection pool.</param>
    /// <param name="sql">The statement.</param>
    /// <param name="values">The values of <c>$1, $2, …</c>; null becomes SQL NULL.</param>
    public static NpgsqlCommand Command(this NpgsqlDataSource database, string sql, params object?[] values) =>
        AddParameters(database.CreateCommand(sql), values);

    /// <summary>Creates a command on this connection, and so in its transaction.</summary>
    public static NpgsqlCommand Command(this NpgsqlConnection connection, string sql, params object?[] values) =>
        AddParameters(new NpgsqlCommand(sql, connection), values);

    /// <summary>Executes the command and disposes it.</summary>
    /// <returns>The number of affected rows; 0 when the condition of a compare-and-set did not hold.</returns>
    public static async Task<int> ExecuteAsync(this NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using (command)
        {
            return await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    /// <summary>Reads every row and disposes the command.</summary>
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

    /// <summary>Reads the first row, or null where there is none, and disposes the command.</summary>
    public static async Task<T?> ReadFirstAsync<T>(
        this NpgsqlCommand command, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
        where T : class =>
        (await command.ReadAllAsync(read, cancellationToken)).FirstOrDefault();

    /// <summary>Runs work in one transaction: committed when it returns, rolled back when it throws.</summary>
    public static Task<T> InTransactionAsync<T>(
        this NpgsqlDataSource database, Func<NpgsqlConnection, Task<T>> work, CancellationToken cancellationToken) =>
        database.InTransactionAsync(IsolationLevel.ReadCommitted, work, cancellationToken);

    /// <summary>Runs queries on one snapshot of the database, in a REPEATABLE READ transaction.</summary>
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
