using Npgsql;

namespace ControlPlane.Persistence;

/// <summary>
/// The migrations that this build needs: its embedded SQL files. The control database may have further ones, of a newer
/// version.
/// </summary>
public static class Migrations
{
    private static readonly string[] Needed = [.. typeof(Migrations).Assembly.GetManifestResourceNames()
        .Where(name => name.EndsWith(".sql", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal)];

    /// <summary>The number of the newest one, such as <c>0018</c>.</summary>
    public static string Newest { get; } = NumberOf(Needed[^1]);

    /// <returns>The migrations that the database lacks; null if it has all.</returns>
    /// <exception cref="NpgsqlException">The database cannot be asked.</exception>
    public static async Task<OlderDatabaseException?> FindMissingAsync(
        NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await FindMissingAsync(connection, cancellationToken);
    }

    /// <inheritdoc cref="FindMissingAsync(NpgsqlDataSource, CancellationToken)"/>
    public static async Task<OlderDatabaseException?> FindMissingAsync(
        NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            var applied = await connection.Command("SELECT name FROM public.schema_migrations")
                .ReadAllAsync(row => row.GetString(0), cancellationToken);
            return Needed.Except(applied).Max(StringComparer.Ordinal) is { } missing
                ? new OlderDatabaseException(
                    applied.Max(StringComparer.Ordinal) is { } newest ? NumberOf(newest) : "none", NumberOf(missing))
                : null;
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.UndefinedTable)
        {
            return new OlderDatabaseException("none", Newest);
        }
        // The version before gives the functions' role no right to read the journal.
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.InsufficientPrivilege)
        {
            return new OlderDatabaseException("none that this role may read", Newest);
        }
    }

    private static string NumberOf(string name) => name[..4];
}

/// <summary>The control database lacks a migration that this process needs.</summary>
/// <param name="found">The number of the newest migration that it has, or <c>none</c>.</param>
/// <param name="needed">The number of the newest migration that it lacks.</param>
public sealed class OlderDatabaseException(string found, string needed)
    : NpgsqlException($"The control database is older than this process: migration {found} found, {needed} needed.")
{
    /// <summary>Both, such as <c>0016 found, 0018 needed</c>.</summary>
    public string Migration { get; } = $"{found} found, {needed} needed";
}
