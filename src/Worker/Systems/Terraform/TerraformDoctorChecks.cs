using ControlPlane.Settings;
using Npgsql;
using Worker.Commands;
using Worker.Commands.Doctor;

namespace Worker.Systems.Terraform;

internal static class TerraformDoctorChecks
{
    private static readonly Version Oldest = new(1, 11);

    public static IReadOnlyList<DoctorCheck> For(CommandHost host)
    {
        DoctorCheck binary = new("infrastructure", token => BinaryAsync(host, token),
            "Set TERRAFORM_BINARY to terraform 1.11 or later, or TERRAFORM_ENABLED=false.");
        return IsOff(host)
            ? [binary]
            :
            [
                binary,
                new("infrastructure states", token => StatesAsync(host, token),
                    "Check that TERRAFORM_STATE_URL names a running database.", Needs: binary.Name),
            ];
    }

    private static bool IsOff(CommandHost host)
    {
        try
        {
            return TerraformOptions.From(host.Settings) is null;
        }
        catch (SettingException)
        {
            // The check reports it.
            return false;
        }
    }

    private static async Task<DoctorResult> BinaryAsync(CommandHost host, CancellationToken cancellationToken)
    {
        if (TerraformOptions.From(host.Settings) is not { } options)
        {
            return DoctorResult.Ok("it is switched off: the step is SKIPPED");
        }

        var process = new TerraformProcess(options, host.Time);
        using var directory = WorkingDirectory.Create(options, host.InstallationId, TerraformOptions.Tiers[0]);
        var events = new System.Text.StringBuilder();
        int exitCode = await process.RunAsync(
            directory, address: null, ["version", "-json"], line =>
            {
                events.AppendLine(line);
                return Task.CompletedTask;
            }, cancellationToken);
        var version = exitCode == 0 ? ReadVersion(events.ToString()) : null;
        return version is null
            ? DoctorResult.Problem("TERRAFORM_BINARY does not tell its version",
                "Set TERRAFORM_BINARY to terraform 1.11 or later.")
            : version < Oldest
                ? DoctorResult.Problem($"it is version {version}", "Install terraform 1.11 or later.")
                : DoctorResult.Ok($"version {version}, with a module for each tier");
    }

    private static async Task<DoctorResult> StatesAsync(CommandHost host, CancellationToken cancellationToken)
    {
        await using var command = host.GetService<StateDatabase>().Source.CreateCommand(
            """
            SELECT current_user::text, current_database()::text, rolcreaterole OR rolsuper,
                   has_database_privilege(current_database(), 'CREATE')
                   AND (to_regclass('public.arc_saas_state_ids') IS NOT NULL
                        OR has_schema_privilege('public', 'CREATE')), rolsuper
              FROM pg_roles WHERE rolname = current_user
            """);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        string role = reader.GetString(0), database = reader.GetString(1);
        return (reader.GetBoolean(2), reader.GetBoolean(3)) switch
        {
            _ when reader.GetBoolean(4) && host.Settings.IsProduction => DoctorResult.Problem(
                "TERRAFORM_STATE_URL connects as a superuser",
                "Give it a role with CREATEROLE and CREATE on the database."),
            (true, true) => DoctorResult.Ok($"the role {role} may create roles and, in {database}, schemas"),
            (false, _) => DoctorResult.Problem(
                $"the role {role} may not create roles", $"As a superuser: ALTER ROLE {Quote(role)} CREATEROLE"),
            _ => DoctorResult.Problem($"the role {role} may not create schemas in {database}, or tables in public",
                $"As a superuser: GRANT CREATE ON DATABASE {Quote(database)} TO {Quote(role)}; "
                + $"GRANT CREATE ON SCHEMA public TO {Quote(role)}"),
        };
    }

    private static Version? ReadVersion(string text)
    {
        try
        {
            using var document = System.Text.Json.JsonDocument.Parse(text);
            string? version = document.RootElement.GetProperty("terraform_version").GetString();
            return Version.TryParse(version?.Split('-')[0], out var parsed) ? parsed : null;
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }

    private static string Quote(string name)
    {
        using var builder = new NpgsqlCommandBuilder();
        return builder.QuoteIdentifier(name);
    }
}
