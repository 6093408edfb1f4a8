using ControlPlane.Settings;
using Npgsql;

namespace ControlPlane.Persistence;

/// <summary>The pool of connections to the control tables.</summary>
public static class ControlDatabase
{
    /// <summary>
    /// What the connection string does not say is chosen for many small processes in front of one server.
    /// </summary>
    /// <exception cref="SettingException"><c>DB_AUTH=entra</c>, which the worker alone can do so far.</exception>
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
            // Our types are PostgreSQL's own: asking the server for others costs the first connection a round trip.
            .ConfigureTypeLoading(types => types.EnableTypeLoading(false))
            .Build();
    }
}
