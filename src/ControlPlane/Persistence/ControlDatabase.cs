using ControlPlane.Persistence.Entra;
using Npgsql;

namespace ControlPlane.Persistence;

/// <summary>Creates the connection pool of the control database.</summary>
public static class ControlDatabase
{
    /// <summary>
    /// Creates the data source. Its defaults for missing connection string keywords suit many small processes that
    /// share one server. A connection to a database that lacks a migration fails with
    /// <see cref="OlderDatabaseException"/>.
    /// </summary>
    /// <param name="options">The connection; its own timeouts precede those of <paramref name="patience"/>.</param>
    /// <param name="time">The clock of the tokens.</param>
    /// <param name="patience">The time to wait for a database that does not answer; null: 5 and 30 seconds.</param>
    public static NpgsqlDataSource Open(
        DatabaseOptions options, TimeProvider time, DatabasePatience? patience = null)
    {
        var connection = new NpgsqlConnectionStringBuilder(options.ConnectionString);
        if (!connection.ShouldSerialize("Maximum Pool Size"))
        {
            connection.MaxPoolSize = 20;
        }

        if (!connection.ShouldSerialize("Timeout"))
        {
            connection.Timeout = patience?.ConnectSeconds ?? 5;
        }

        if (patience is not null && !connection.ShouldSerialize("Command Timeout"))
        {
            connection.CommandTimeout = patience.CommandSeconds;
        }

        if (patience is not null && !connection.ShouldSerialize("Cancellation Timeout"))
        {
            connection.CancellationTimeout = patience.CancellationMilliseconds;
        }

        var builder = new NpgsqlSlimDataSourceBuilder(connection.ConnectionString)
            .EnableArrays()
            .EnableTransportSecurity()
            // Only built-in types are used: loading others would cost the first connection a round trip.
            .ConfigureTypeLoading(types => types.EnableTypeLoading(false));
        if (options.Entra is { } entra)
        {
            var tokens = new EntraTokens(entra, EntraTokens.PostgresResource, time);
            builder.UsePasswordProvider(tokens.Get, tokens.GetAsync);
        }

        RequireMigrations(builder);
        return builder.Build();
    }

    // Once all are there, they stay: migrations only add. Until then every connection asks, and is refused.
    private static void RequireMigrations(NpgsqlSlimDataSourceBuilder builder)
    {
        bool isMigrated = false;
        builder.UsePhysicalConnectionInitializer(
            _ => throw new NotSupportedException("Connections are opened asynchronously."),
            async connection =>
            {
                if (Volatile.Read(ref isMigrated))
                {
                    return;
                }

                if (await Migrations.FindMissingAsync(connection, CancellationToken.None) is { } missing)
                {
                    throw missing;
                }

                Volatile.Write(ref isMigrated, true);
            });
    }
}

/// <summary>The time to wait for a database that does not answer.</summary>
/// <param name="ConnectSeconds">For a connection: of the pool, or a new one.</param>
/// <param name="CommandSeconds">For the answer to a statement.</param>
/// <param name="CancellationMilliseconds">For the answer to the cancellation of such a statement.</param>
public sealed record DatabasePatience(int ConnectSeconds, int CommandSeconds, int CancellationMilliseconds)
{
    /// <summary>A caller waits: statement, cancelling connection and answer take less than 5 s.</summary>
    public static readonly DatabasePatience Interactive = new(2, 2, 500);
}
