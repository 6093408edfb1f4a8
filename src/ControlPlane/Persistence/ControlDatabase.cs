using ControlPlane.Persistence.Entra;
using Npgsql;

namespace ControlPlane.Persistence;

/// <summary>Creates the connection pool of the control database.</summary>
public static class ControlDatabase
{
    /// <summary>
    /// Creates the data source. Its defaults for missing connection string keywords suit many small processes that
    /// share one server.
    /// </summary>
    public static NpgsqlDataSource Open(DatabaseOptions options, TimeProvider time)
    {
        var connection = new NpgsqlConnectionStringBuilder(options.ConnectionString);
        if (!connection.ShouldSerialize("Maximum Pool Size"))
        {
            connection.MaxPoolSize = 20;
        }

        if (!connection.ShouldSerialize("Timeout"))
        {
            connection.Timeout = 5;
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

        return builder.Build();
    }
}
