using Npgsql;

namespace Worker.Systems.Postgres;

/// <summary>The database that contains the schemas of tenants.</summary>
/// <param name="Source">Connects as a role with CREATEROLE, and CREATE on the database.</param>
/// <param name="RefusesSuperuser">Whether a superuser is an error, as in Production.</param>
public sealed record TenantDatabase(NpgsqlDataSource Source, bool RefusesSuperuser);
