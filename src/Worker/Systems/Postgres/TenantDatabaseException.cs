using Npgsql;

namespace Worker.Systems.Postgres;

/// <summary>
/// An error of the tenants' database. A missing table there is a wrong statement; in the control database it is a
/// migration that has not run yet.
/// </summary>
public sealed class TenantDatabaseException(PostgresException error) : Exception(error.MessageText, error)
{
    public PostgresException Error { get; } = error;
}
