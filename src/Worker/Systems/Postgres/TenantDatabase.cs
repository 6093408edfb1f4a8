using ControlPlane.Connections;
using Npgsql;

namespace Worker.Systems.Postgres;

/// <summary>The database that contains the schemas of tenants.</summary>
/// <param name="Source">Connects as a role with CREATEROLE, and CREATE on the database.</param>
/// <param name="RefusesSuperuser">Whether a superuser is an error, as in Production.</param>
public sealed record TenantDatabase(NpgsqlDataSource Source, bool RefusesSuperuser)
{
    /// <summary>Describes a tenant's schema for its application.</summary>
    /// <param name="schema">The name of the schema and of its role.</param>
    public DatabaseConnection Describe(string schema)
    {
        var connection = new NpgsqlConnectionStringBuilder(Source.ConnectionString);
        return new DatabaseConnection(
            connection.Host ?? "", connection.Port, connection.Database ?? connection.Username ?? "", schema, schema,
            Login: null);
    }

    /// <summary>Connects as a tenant's login, without a pool.</summary>
    public NpgsqlDataSource As(string user, string password) => NpgsqlDataSource.Create(
        new NpgsqlConnectionStringBuilder(Source.ConnectionString)
        {
            Username = user,
            Password = password,
            Pooling = false,
        });
}
