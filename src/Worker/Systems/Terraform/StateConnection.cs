using System.Globalization;
using ControlPlane.Persistence;
using ControlPlane.Settings;
using Npgsql;

namespace Worker.Systems.Terraform;

/// <summary>The connection of a tenant's role to the state database, for Npgsql and for Terraform.</summary>
public static class StateConnection
{
    /// <summary>Requires a connection that Terraform's backend can make too.</summary>
    /// <exception cref="SettingException">It names several hosts, or a token is its password.</exception>
    public static void RequireSupported(string name, DatabaseOptions state)
    {
        var connection = new NpgsqlConnectionStringBuilder(state.ConnectionString);
        if (connection.Host is null or { Length: 0 } || connection.Host.Contains(',', StringComparison.Ordinal))
        {
            throw new SettingException(name, "none or several hosts", "one host, which Terraform connects to");
        }

        if (connection.Host.StartsWith('/'))
        {
            throw new SettingException(name, "a Unix socket", "a host name or an IP address");
        }
    }

    /// <summary>The connection string of a role, for Npgsql. The connection is not pooled.</summary>
    public static string ForNpgsql(string connectionString, string role, string password) =>
        new NpgsqlConnectionStringBuilder(connectionString)
        {
            Username = role,
            Password = password,
            Pooling = false,
            Timeout = 5,
            CommandTimeout = 10,
            ApplicationName = "arc-saas-terraform-check",
        }.ConnectionString;

    /// <summary>The address of a role, for <c>PG_CONN_STR</c>. It contains the password.</summary>
    public static string ForTerraform(string connectionString, string role, string password)
    {
        var connection = new NpgsqlConnectionStringBuilder(connectionString);
        string host = connection.Host!.Contains(':', StringComparison.Ordinal)
            ? $"[{connection.Host}]"
            : connection.Host;
        var parameters = new Dictionary<string, string?>
        {
            // The driver has neither allow nor prefer, with which a server without TLS is accepted.
            ["sslmode"] = connection.SslMode switch
            {
                SslMode.Require => "require",
                SslMode.VerifyCA => "verify-ca",
                SslMode.VerifyFull => "verify-full",
                _ => "disable",
            },
            ["sslrootcert"] = connection.RootCertificate,
            ["sslcert"] = connection.SslCertificate,
            ["sslkey"] = connection.SslKey,
            ["connect_timeout"] = "10",
            ["application_name"] = "arc-saas-terraform",
        };
        string query = string.Join('&', parameters.Where(parameter => parameter.Value is not null)
            .Select(parameter => $"{parameter.Key}={Uri.EscapeDataString(parameter.Value!)}"));
        return string.Create(CultureInfo.InvariantCulture,
            $"postgres://{Uri.EscapeDataString(role)}:{Uri.EscapeDataString(password)}@{host}:{connection.Port}"
            + $"/{Uri.EscapeDataString(connection.Database ?? connection.Username!)}?{query}");
    }
}
