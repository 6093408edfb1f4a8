using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;

namespace Api.Tests.Rights;

/// <summary>
/// Asks PostgreSQL which rights statements need: it plans each as the role, from which one right is taken away in a
/// transaction that is rolled back.
/// </summary>
internal sealed partial class RightsOfStatements(NpgsqlConnection superuser, string role)
{
    private readonly List<(string Text, string Explain)> prepared = [];

    /// <summary>Prepares the statements, with the types of their parameters.</summary>
    public async Task PrepareAsync(IEnumerable<string> statements)
    {
        foreach (string text in statements)
        {
            string name = $"s{prepared.Count}";
            await PrepareAsync(name, text);
            int count = await ReadAsync<int>(
                $"SELECT cardinality(parameter_types) FROM pg_prepared_statements WHERE name = '{name}'");
            string values = count == 0 ? "" : $"({string.Join(", ", Enumerable.Repeat("NULL", count))})";
            prepared.Add((text, $"EXPLAIN EXECUTE {name}{values}"));
        }
    }

    /// <summary>Lists what the role was granted, as the right, its columns and its table.</summary>
    public async Task<List<Right>> ListGrantedAsync()
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT c.relname::text, a.privilege_type, NULL FROM pg_class c, aclexplode(c.relacl) a
            WHERE c.relnamespace = 'public'::regnamespace AND a.grantee = $1::regrole
            UNION ALL
            SELECT c.relname::text, a.privilege_type, t.attname::text
            FROM pg_class c JOIN pg_attribute t ON t.attrelid = c.oid, aclexplode(t.attacl) a
            WHERE c.relnamespace = 'public'::regnamespace AND a.grantee = $1::regrole
            ORDER BY 1, 2, 3
            """,
            superuser);
        command.Parameters.Add(new NpgsqlParameter { Value = role });
        await using var reader = await command.ExecuteReaderAsync();
        var rights = new List<Right>();
        while (await reader.ReadAsync())
        {
            rights.Add(new Right(
                reader.GetString(0), reader.GetString(1), reader.IsDBNull(2) ? null : reader.GetString(2)));
        }

        return rights;
    }

    /// <returns>The first statement that fails without the right; null when none needs it.</returns>
    public async Task<string?> FindNeedAsync(Right right)
    {
        await using var transaction = await superuser.BeginTransactionAsync();
        await ExecuteAsync($"REVOKE {right.ToSql()} FROM {role}; SET LOCAL ROLE {role}");
        foreach (var (text, explain) in prepared.Where(statement =>
            statement.Text.Contains(right.Table, StringComparison.Ordinal)))
        {
            try
            {
                await ExecuteAsync(explain);
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InsufficientPrivilege)
            {
                return text;
            }
        }

        return null;
    }

    // A parameter of INSERT … SELECT has no type of its own: PostgreSQL names the column's, as Npgsql sends it.
    private async Task PrepareAsync(string name, string text)
    {
        int count = Parameter().Matches(text)
            .Select(match => int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture))
            .DefaultIfEmpty().Max();
        string[] types = Enumerable.Repeat("unknown", count).ToArray();
        for (int i = -1; ; i++)
        {
            try
            {
                string list = count == 0 ? "" : $"({string.Join(", ", types)})";
                await ExecuteAsync($"PREPARE {name}{list} AS {text}");
                return;
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.DatatypeMismatch && i + 1 < count)
            {
                types = [.. types.Select((type, n) => n == i ? "unknown" : type)];
                types[i + 1] = ColumnType().Match(e.MessageText).Groups[1].Value;
            }
        }
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = new NpgsqlCommand(sql, superuser);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<T> ReadAsync<T>(string sql)
    {
        await using var command = new NpgsqlCommand(sql, superuser);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    [GeneratedRegex(@"\$(\d+)")]
    private static partial Regex Parameter();

    [GeneratedRegex("is of type (.+) but expression")]
    private static partial Regex ColumnType();
}

/// <param name="Column">The column; null for the whole table.</param>
internal sealed record Right(string Table, string Privilege, string? Column)
{
    public string ToSql() => $"{Privilege}{(Column is null ? "" : $" ({Column})")} ON {Table}";
}
