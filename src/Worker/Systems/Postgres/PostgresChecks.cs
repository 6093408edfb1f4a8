using ControlPlane.Persistence;
using Npgsql;
using Worker.Commands;
using Worker.Commands.Doctor;

namespace Worker.Systems.Postgres;

internal static class PostgresChecks
{
    public static IReadOnlyList<Check> For(CommandHost host) =>
    [
        new("control database", token => TablesAsync(host, token),
            "Start PostgreSQL, and see that DATABASE_URL names it."),
        new("right to create schemas", token => SchemasAsync(host, token),
            "See that TENANT_DATABASE_URL (or DATABASE_URL) names a database that answers."),
    ];

    private static async Task<CheckResult> TablesAsync(CommandHost host, CancellationToken cancellationToken)
    {
        await using var command = host.Database.CreateCommand("SELECT to_regclass('sealing_keys') IS NOT NULL");
        return await command.ExecuteScalarAsync(cancellationToken) is true
            ? CheckResult.Ok("it answers, and the tables are there")
            : CheckResult.Problem("it answers, but the tables are missing", "Run `Worker migrate` (or ./dev setup).");
    }

    private static async Task<CheckResult> SchemasAsync(CommandHost host, CancellationToken cancellationToken)
    {
        await using var tenants = DataSources.Create(DatabaseOptions.ForTenants(host.Settings), "arc-saas-command");
        await using var command = tenants.CreateCommand(
            """
            SELECT current_user::text, current_database()::text, rolcreaterole OR rolsuper,
                   has_database_privilege(current_database(), 'CREATE')
              FROM pg_roles WHERE rolname = current_user
            """);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        string role = reader.GetString(0), database = reader.GetString(1);
        return (reader.GetBoolean(2), reader.GetBoolean(3)) switch
        {
            (true, true) => CheckResult.Ok($"the role {role} may create roles, and schemas in {database}"),
            (false, _) => CheckResult.Problem($"the role {role} may not create roles",
                $"As a superuser: ALTER ROLE {Quote(role)} CREATEROLE"),
            _ => CheckResult.Problem($"the role {role} may not create schemas in {database}",
                $"As a superuser: GRANT CREATE ON DATABASE {Quote(database)} TO {Quote(role)}"),
        };
    }

    private static string Quote(string name)
    {
        using var builder = new NpgsqlCommandBuilder();
        return builder.QuoteIdentifier(name);
    }
}
