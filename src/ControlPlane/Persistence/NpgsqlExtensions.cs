using System.Data;
using Npgsql;

namespace ControlPlane.Persistence;

/// <summary>Plain SQL in one line each: a command with its <c>$1, $2, …</c>, and what is done with its rows.</summary>
public static class NpgsqlExtensions
{
    /// <summary>On a connection of its own, outside any transaction.</summary>
    public static NpgsqlCommand Command(this NpgsqlDataSource database, string sql, params object?[] values) =>
        With(database.CreateCommand(sql), values);

    /// <summary>On this connection, and so in its transaction.</summary>
    public static NpgsqlCommand Command(this NpgsqlConnection connection, string sql, params object?[] values) =>
        With(new NpgsqlCommand(sql, connection), values);

    /// <returns>How many rows were touched: a compare-and-set that found nothing to set touches none.</returns>
    public static async Task<int> ExecuteAsync(this NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using (command)
        {
            return await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    /// <returns>Every row.</returns>
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

    /// <returns>The first row, or null where there is none.</returns>
    public static async Task<T?> ReadFirstAsync<T>(
        this NpgsqlCommand command, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
        where T : class =>
        (await command.ReadAllAsync(read, cancellationToken)).FirstOrDefault();

    /// <summary>Everything in one transaction: committed when the work returns, undone when it throws.</summary>
    public static Task<T> InTransactionAsync<T>(
        this NpgsqlDataSource database, Func<NpgsqlConnection, Task<T>> work, CancellationToken cancellationToken) =>
        database.InTransactionAsync(IsolationLevel.ReadCommitted, work, cancellationToken);

    /// <summary>For reading alone: everything as it was at one moment, whatever is written meanwhile.</summary>
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

    private static NpgsqlCommand With(NpgsqlCommand command, object?[] values)
    {
        foreach (object? value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value });
        }

        return command;
    }
}
