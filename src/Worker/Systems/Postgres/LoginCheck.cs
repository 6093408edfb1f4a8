using ControlPlane.Connections;
using Npgsql;
using Worker.Commands.Verify;

namespace Worker.Systems.Postgres;

/// <summary>Verifies the login of a tenant's application: logs in, and writes and reads a row in the schema.</summary>
internal static class LoginCheck
{
    private const string Name = "database login";

    public static async Task<VerifyResult> RunAsync(TenantToVerify tenant, CancellationToken cancellationToken)
    {
        var part = await tenant.Host.GetService<ConnectionParts>().FindDatabaseAsync(
            tenant.Facts.Id, tenant.Facts.Attempt, cancellationToken);
        if (part?.Login is not { } login)
        {
            return new VerifyResult(Name, VerifyState.Skipped, "the tenant has none: tenant secrets were switched off");
        }

        if (await tenant.Host.GetService<DatabaseLogins>().FindPasswordAsync(
            tenant.Mark, login.Generation, cancellationToken) is not { } password)
        {
            return VerifyResult.Of(Name, false, $"the password of {login.User} is unknown; run `Worker rotate`");
        }

        await using var source = tenant.Host.GetService<TenantDatabase>().As(login.User, password);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            """
            CREATE TABLE arc_saas_verify (value integer);
            INSERT INTO arc_saas_verify VALUES (1);
            SELECT current_user::text, current_schema()::text FROM arc_saas_verify
            """, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var (user, schema) = (reader.GetString(0), reader.GetString(1));
        // The transaction ends without a commit.
        return VerifyResult.Of(Name, (user, schema) == (part.Role, part.Schema),
            $"{login.User}, as {user} in {schema}");
    }
}
