using ControlPlane.Settings;
using Npgsql;

namespace ControlPlane.Persistence;

/// <summary>Opens the connection pool of the control database.</summary>
public static class ControlDatabase
{
    /// <summary>
    /// Creates the data source. Defaults that the connection string does not override suit many small processes that
    /// share one server.
    /// </summary>
    /// <exception cref="SettingException"><c>DB_AUTH=entra</c>: only the worker supports it so far.</exception>
    public static NpgsqlDataSource Open(DatabaseOptions options)
    {
        if (options.UseEntra)
        {
            throw new SettingException("DB_AUTH", "'entra', which the functions cannot do yet", "password");
        }

        var connection = new NpgsqlConnectionStringBuilder(options.ConnectionString);
        if (!connection.ShouldSerialize("Maximum Pool Size"))
        {
            connection.MaxPoolSize = 20;
        }

        if (!connection.ShouldSerialize("Timeout"))
        {
            connection.Timeout = 5;
        }

        return new NpgsqlSlimDataSourceBuilder(connection.ConnectionString)
            .EnableArrays()
            .EnableTransportSecurity()
            // All column types are built in: loading types would cost the first connection a round trip.
            .ConfigureTypeLoading(types => types.EnableTypeLoading(false))
            .Build();
    }
}
