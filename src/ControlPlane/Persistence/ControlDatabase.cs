using ControlPlane.Settings;
using Npgsql;

namespace ControlPlane.Persistence;

/// <summary>Creates the connection pool of the control database.</summary>
public static class ControlDatabase
{
    /// <summary>
    /// Creates the data source. Its defaults for missing connection string keywords suit many small processes that
    /// share one server.
    /// </summary>
    /// <exception cref="SettingException"><c>DB_AUTH=entra</c>, which only the worker supports.</exception>
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
            // Only built-in types are used: loading others would cost the first connection a round trip.
            .ConfigureTypeLoading(types => types.EnableTypeLoading(false))
            .Build();
    }
}
