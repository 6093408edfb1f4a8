using ControlPlane.Settings;
using Npgsql;

namespace ControlPlane.Persistence;

/// <summary>
/// A PostgreSQL database: <c>DATABASE_URL</c> (<c>postgres://user:password@host:port/database?sslmode=require</c>, or
/// Npgsql's own <c>Host=…;…</c>), or <c>DB_HOST</c>, <c>DB_PORT</c>, <c>DB_USER</c>, <c>DB_PASSWORD</c> and
/// <c>DB_DATABASE</c>.
/// </summary>
/// <param name="ConnectionString">For Npgsql; it may hold a password, so it is never logged.</param>
/// <param name="UseEntra">
/// <c>DB_AUTH=entra</c>: the password is a fresh token of Microsoft Entra for each connection.
/// </param>
public sealed record DatabaseOptions(string ConnectionString, bool UseEntra)
{
    private const string Expected =
        "postgres://user:password@host:port/database, or DB_HOST, DB_PORT, DB_USER, DB_PASSWORD and DB_DATABASE";

    private const string Another =
        "a database of its own: tenants' schemas do not share one with the control tables in Production";

    /// <summary>The control tables.</summary>
    public static DatabaseOptions From(SettingsReader settings) => new(
        settings.Find("DATABASE_URL") is { } url ? Parse("DATABASE_URL", url) : FromParts(settings), Entra(settings));

    /// <summary>Where tenants' schemas live; the control tables' database by default, but not in Production.</summary>
    public static DatabaseOptions ForTenants(SettingsReader settings)
    {
        if (settings.Find("TENANT_DATABASE_URL") is { } url)
        {
            var tenants = new DatabaseOptions(Parse("TENANT_DATABASE_URL", url), Entra(settings));
            return settings.IsProduction && tenants.IsSameDatabaseAs(From(settings))
                ? throw new SettingException("TENANT_DATABASE_URL", "the database of the control tables", Another)
                : tenants;
        }

        return settings.IsProduction
            ? throw new MissingSettingException("TENANT_DATABASE_URL", Another)
            : From(settings);
    }

    private bool IsSameDatabaseAs(DatabaseOptions other)
    {
        var (mine, theirs) = (
            new NpgsqlConnectionStringBuilder(ConnectionString),
            new NpgsqlConnectionStringBuilder(other.ConnectionString));
        return (mine.Host, mine.Port, mine.Database) == (theirs.Host, theirs.Port, theirs.Database);
    }

    private static bool Entra(SettingsReader settings) => settings.Text("DB_AUTH", "password") switch
    {
        "password" => false,
        "entra" => true,
        var other => throw new SettingException("DB_AUTH", $"'{other}'", "password or entra"),
    };

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

    /// <param name="name">The setting the text comes from, for the error.</param>
    /// <param name="text">An address, or a connection string of Npgsql.</param>
    /// <returns>A connection string of Npgsql.</returns>
    /// <exception cref="SettingException">The text is neither.</exception>
    public static string Parse(string name, string text)
    {
        try
        {
            if (!text.StartsWith("postgres://", StringComparison.Ordinal)
                && !text.StartsWith("postgresql://", StringComparison.Ordinal))
            {
                return new NpgsqlConnectionStringBuilder(text).ConnectionString;
            }

            var url = new Uri(text);
            string[] user = url.UserInfo.Split(':', 2);
            var builder = new NpgsqlConnectionStringBuilder
            {
                Host = url.Host,
                Port = url.Port > 0 ? url.Port : 5432,
                Username = Uri.UnescapeDataString(user[0]),
                Password = user.Length > 1 ? Uri.UnescapeDataString(user[1]) : null,
                Database = Uri.UnescapeDataString(url.AbsolutePath.TrimStart('/')),
            };
            foreach (string pair in url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
            {
                string[] parts = pair.Split('=', 2);
                string value = Uri.UnescapeDataString(parts.Length > 1 ? parts[1] : "");
                switch (parts[0])
                {
                    case "sslmode":
                        builder.SslMode = Enum.Parse<SslMode>(value.Replace("-", "", StringComparison.Ordinal), true);
                        break;
                    default:
                        builder[parts[0]] = value;
                        break;
                }
            }

            return builder.Host is { Length: > 0 } && builder.Database is { Length: > 0 }
                ? builder.ConnectionString
                : throw new FormatException();
        }
        catch (Exception e) when (e is FormatException or ArgumentException or UriFormatException)
        {
            // The text itself may hold a password: only its shape is told.
            throw new SettingException(name, $"{text.Length} characters that cannot be read as an address", Expected);
        }
    }
}
