using System.Globalization;
using System.Net;
using ControlPlane.Persistence.Entra;
using ControlPlane.Settings;
using Npgsql;

namespace ControlPlane.Persistence;

/// <summary>
/// The connection to a PostgreSQL database: <c>DATABASE_URL</c> (libpq's connection URI, as
/// <c>postgres://user:password@host:port/database?sslmode=require</c>, or an Npgsql connection string
/// <c>Host=…;…</c>), or <c>DB_HOST</c>, <c>DB_PORT</c>, <c>DB_USER</c>, <c>DB_PASSWORD</c> and <c>DB_DATABASE</c>.
/// </summary>
/// <param name="ConnectionString">The Npgsql connection string. It may contain a password and is never logged.</param>
/// <param name="Entra">
/// <c>DB_AUTH=entra</c>: the endpoint that issues the Microsoft Entra tokens which are the password; null: no tokens.
/// </param>
public sealed record DatabaseOptions(string ConnectionString, EntraOptions? Entra = null)
{
    private const string Expected =
        "postgres://user:password@host:port/database, or DB_HOST, DB_PORT, DB_USER, DB_PASSWORD and DB_DATABASE";

    /// <summary>The name in errors of a connection that the <c>DB_…</c> names describe.</summary>
    private const string Parts = "DB_PASSWORD";

    private const string ExpectedForTenants =
        "a separate database: in Production, tenant schemas and control tables must not share one";

    /// <summary>Reads the options of the control database.</summary>
    public static DatabaseOptions From(SettingsReader settings) => settings.Find("DATABASE_URL") is { } url
        ? Create("DATABASE_URL", Parse("DATABASE_URL", url), settings)
        : Create(Parts, FromParts(settings), settings);

    /// <summary>
    /// Reads the options of the database of the tenant schemas: by default the control database, except in Production.
    /// </summary>
    public static DatabaseOptions ForTenants(SettingsReader settings)
    {
        if (settings.Find("TENANT_DATABASE_URL") is { } url)
        {
            var tenants = Create("TENANT_DATABASE_URL", Parse("TENANT_DATABASE_URL", url), settings);
            return settings.IsProduction && tenants.IsSameDatabaseAs(From(settings))
                ? throw new SettingException("TENANT_DATABASE_URL", "the control database", ExpectedForTenants)
                : tenants;
        }

        return settings.IsProduction
            ? throw new MissingSettingException("TENANT_DATABASE_URL", ExpectedForTenants)
            : From(settings);
    }

    /// <summary>
    /// Reads the options of the database of Terraform's states. It shares no database with tenants or control tables: a
    /// state may hold secrets, and its roles log in.
    /// </summary>
    /// <param name="settings">The settings.</param>
    /// <param name="name">The name of the setting.</param>
    public static DatabaseOptions ForTerraform(SettingsReader settings, string name)
    {
        string url = settings.Require(
            name, "the database of Terraform's states, postgres://user:password@host/database");
        // Terraform signs in with the password of each tenant's role, so there is no token.
        var states = new DatabaseOptions(Encrypt(name, Parse(name, url), settings));
        return states.IsSameDatabaseAs(From(settings)) || states.IsSameDatabaseAs(ForTenants(settings))
            ? throw new SettingException(name, "the database of the control tables or of the tenants", "one of its own")
            : states;
    }

    private bool IsSameDatabaseAs(DatabaseOptions other)
    {
        var (mine, theirs) = (
            new NpgsqlConnectionStringBuilder(ConnectionString),
            new NpgsqlConnectionStringBuilder(other.ConnectionString));
        return Database(mine) == Database(theirs) && Servers(mine).Intersect(Servers(theirs)).Any();

        static string? Database(NpgsqlConnectionStringBuilder connection) =>
            connection.Database ?? connection.Username;

        static IEnumerable<string> Servers(NpgsqlConnectionStringBuilder connection) =>
            (connection.Host ?? "").Split(',').Select(host => host.Contains(':', StringComparison.Ordinal)
                ? host
                : string.Create(CultureInfo.InvariantCulture, $"{host}:{connection.Port}"));
    }

    private static DatabaseOptions Create(string name, string connectionString, SettingsReader settings) =>
        settings.Text("DB_AUTH", "password") switch
        {
            "password" => new DatabaseOptions(Encrypt(name, connectionString, settings)),
            "entra" => new DatabaseOptions(RequireTls(name, connectionString), EntraOptions.From(settings)),
            var other => throw new SettingException("DB_AUTH", $"'{other}'", "password or entra"),
        };

    // A token is enough to sign in, so the server's certificate is verified before one is sent, by default.
    private static string RequireTls(string name, string connectionString)
    {
        var connection = new NpgsqlConnectionStringBuilder(connectionString);
        if (connection.Password is not null)
        {
            throw new SettingException(name, "a password", "none with DB_AUTH=entra");
        }

        if (!connection.ShouldSerialize("SSL Mode"))
        {
            connection.SslMode = SslMode.VerifyFull;
        }

        return connection.SslMode >= SslMode.Require
            ? connection.ConnectionString
            : throw new SettingException(name, $"the SSL mode {connection.SslMode}", "Require or stricter with entra");
    }

    // Npgsql's default falls back to plain text. The parts name no SSL mode, an address may.
    private static string Encrypt(string name, string connectionString, SettingsReader settings)
    {
        var connection = new NpgsqlConnectionStringBuilder(connectionString);
        if (!settings.RequiresTls || connection.SslMode >= SslMode.Require || IsOnThisMachine(connection))
        {
            return connectionString;
        }

        if (name != Parts)
        {
            throw new SettingException(
                name, $"the SSL mode {connection.SslMode}",
                $"sslmode=require or stricter {SettingsReader.OrAllowInsecure}");
        }

        connection.SslMode = SslMode.Require;
        return connection.ConnectionString;
    }

    private static bool IsOnThisMachine(NpgsqlConnectionStringBuilder connection) =>
        (connection.Host ?? "").Split(',').All(host => host.StartsWith('/') || host == "localhost"
            || (IPEndPoint.TryParse(host, out var address) && IPAddress.IsLoopback(address.Address))
            || host.StartsWith("localhost:", StringComparison.Ordinal));

    private static string FromParts(SettingsReader settings)
    {
        if (settings.Find("DB_HOST") is not { } host)
        {
            throw new MissingSettingException("DATABASE_URL", Expected);
        }

        return new NpgsqlConnectionStringBuilder
        {
            Host = host,
            Port = settings.Number("DB_PORT", 5432, 1, 65535),
            Username = settings.Require("DB_USER", "the database user"),
            Password = settings.Find("DB_PASSWORD"),
            Database = settings.Require("DB_DATABASE", "the database's name"),
        }.ConnectionString;
    }

    /// <param name="name">The name of the setting, for the error message.</param>
    /// <param name="text">libpq's connection URI, or an Npgsql connection string.</param>
    /// <returns>An Npgsql connection string.</returns>
    /// <exception cref="SettingException">The text is neither, or a part of it cannot be honoured.</exception>
    public static string Parse(string name, string text)
    {
        try
        {
            return (ConnectionUri.IsUri(text)
                ? LibpqParameters.ToNpgsql(ConnectionUri.Split(text))
                : new NpgsqlConnectionStringBuilder(text)).ConnectionString;
        }
        catch (ConnectionUriException e)
        {
            throw new SettingException(name, e.Found, e.Expected);
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            // The text may contain a password, so only its length is reported.
            throw new SettingException(name, $"{text.Length} characters that are not an address", Expected);
        }
    }
}
