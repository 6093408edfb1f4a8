using ControlPlane.Persistence;
using Npgsql;
using Worker.Commands;
using Worker.Commands.Doctor;
using Worker.Systems.Secrets;

namespace Worker.Systems.Postgres;

internal static class PostgresDoctorChecks
{
    public static IReadOnlyList<DoctorCheck> For(CommandHost host) =>
    [
        new("control database", token => TablesAsync(host, token),
            "Start PostgreSQL and check DATABASE_URL."),
        new("right to create schemas", token => SchemasAsync(host, token),
            "Check that TENANT_DATABASE_URL (or DATABASE_URL) names a running database.",
            Needs: host.Settings.Find("TENANT_DATABASE_URL") is null ? "control database" : null),
        new("tenants' logins", token => LoginsAsync(host, token), "See \"right to create schemas\"."),
    ];

    private static async Task<DoctorResult> LoginsAsync(CommandHost host, CancellationToken cancellationToken)
    {
        if (TenantSecretSettings.From(host.Settings).Secrets is null)
        {
            return DoctorResult.Off("none: tenant secrets are switched off");
        }

        var tenants = host.GetService<TenantDatabase>().Source;
        if (await TenantIsolation.SharesControlDatabaseAsync(tenants, cancellationToken))
        {
            return DoctorResult.Off("they may connect to the control database, which has the tenants' schemas");
        }

        var open = await TenantIsolation.ListOpenAsync(tenants, cancellationToken);
        return open.Count == 0
            ? DoctorResult.Ok("they may connect to no other database")
            : DoctorResult.Problem($"every role may connect to {string.Join(", ", open)}",
                "Grant CONNECT to the roles that need it, then as a superuser: "
                + string.Join("; ", open.Select(name => $"REVOKE CONNECT ON DATABASE {Quote(name)} FROM PUBLIC")));
    }

    private static async Task<DoctorResult> TablesAsync(CommandHost host, CancellationToken cancellationToken)
    {
        var missing = await Migrations.FindMissingAsync(host.Database, cancellationToken);
        return missing is null
            ? DoctorResult.Ok($"it answers and has its tables (migration {Migrations.Newest})")
            : DoctorResult.Problem($"it answers, but its tables are missing or older: migration {missing.Migration}",
                "Run `Worker migrate` (or ./dev setup).");
    }

    private static async Task<DoctorResult> SchemasAsync(CommandHost host, CancellationToken cancellationToken)
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
            (true, true) => DoctorResult.Ok($"the role {role} may create roles and, in {database}, schemas"),
            (false, _) => DoctorResult.Problem($"the role {role} may not create roles",
                $"As a superuser: ALTER ROLE {Quote(role)} CREATEROLE"),
            _ => DoctorResult.Problem($"the role {role} may not create schemas in {database}",
                $"As a superuser: GRANT CREATE ON DATABASE {Quote(database)} TO {Quote(role)}"),
        };
    }

    private static string Quote(string name)
    {
        using var builder = new NpgsqlCommandBuilder();
        return builder.QuoteIdentifier(name);
    }
}
