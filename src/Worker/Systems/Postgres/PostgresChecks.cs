using ControlPlane.Persistence;
using Npgsql;
using Worker.Postgres;

namespace Worker.Commands.Doctor;

internal static class DatabaseChecks
{
    public static IReadOnlyList<Check> For(CommandHost host) =>
    [
        new("control database", token => TablesAsync(host, token),
            "Start PostgreSQL, and see that DATABASE_URL names it."),
        new("right to create schemas", token => SchemasAsync(host, token),
            "See that TENANT_DATABASE_URL (or DATABASE_URL) names a database that answers."),
    ];

    private static async Task<Finding> TablesAsync(CommandHost host, CancellationToken cancellation)
    {
        await using var command = host.Database.CreateCommand("SELECT to_regclass('sealing_keys') IS NOT NULL");
        return await command.ExecuteScalarAsync(cancellation) is true
            ? Finding.Well("it answers, and the tables are there")
            : Finding.Trouble("it answers, but the tables are missing", "Run `Worker migrate` (or ./dev setup).");
    }

    private static async Task<Finding> SchemasAsync(CommandHost host, CancellationToken cancellation)
    {
        await using var tenants = DataSources.Create(DatabaseOptions.ForTenants(host.Settings), "arc-saas-command");
        await using var command = tenants.CreateCommand(
            """
            SELECT current_user::text, current_database()::text, rolcreaterole OR rolsuper,
                   has_database_privilege(current_database(), 'CREATE')
              FROM pg_roles WHERE rolname = current_user
            """);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        string role = reader.GetString(0), database = reader.GetString(1);
        return (reader.GetBoolean(2), reader.GetBoolean(3)) switch
        {
            (true, true) => Finding.Well($"the role {role} may create roles, and schemas in {database}"),
            (false, _) => Finding.Trouble($"the role {role} may not create roles",
                $"As a superuser: ALTER ROLE {Quote(role)} CREATEROLE"),
            _ => Finding.Trouble($"the role {role} may not create schemas in {database}",
                $"As a superuser: GRANT CREATE ON DATABASE {Quote(database)} TO {Quote(role)}"),
        };
    }

    private static string Quote(string name)
    {
        using var builder = new NpgsqlCommandBuilder();
        return builder.QuoteIdentifier(name);
    }
}
