using System.Globalization;
using Npgsql;

namespace ControlPlane.Persistence;

/// <summary>
/// Translates libpq's parameters into Npgsql's keywords. A parameter that Npgsql cannot honour is refused by name: to
/// ignore one, such as a revocation list, could weaken the connection.
/// </summary>
internal static class LibpqParameters
{
    private const int DefaultPort = 5432;

    // Linux's own value, which libpq would use.
    private const int DefaultKeepAliveTime = 7200;

    private static readonly string[] Refused =
    [
        "gssdelegation", "gsslib", "keepalives_count", "krbsrvname",
        "max_protocol_version", "min_protocol_version", "oauth_client_id", "oauth_client_secret", "oauth_issuer",
        "oauth_scope", "replication", "requirepeer", "scram_client_key", "scram_server_key", "service", "servicefile",
        "sslcrl", "sslcrldir", "sslkeylogfile", "ssl_max_protocol_version", "ssl_min_protocol_version",
        "tcp_user_timeout",
    ];

    /// <exception cref="ConnectionUriException">A parameter, or one of its values, cannot be honoured.</exception>
    public static NpgsqlConnectionStringBuilder ToNpgsql(IEnumerable<(string Name, string Value)> parameters)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in parameters)
        {
            values[name] = value;
        }

        var builder = new NpgsqlConnectionStringBuilder();
        SetServer(builder, values);
        SetTls(builder, values);
        SetKeepAlive(builder, values);
        if (values.Remove("fallback_application_name", out string? fallback))
        {
            values.TryAdd("application_name", fallback);
        }

        foreach (var (name, value) in values)
        {
            Set(builder, name, value);
        }

        return builder;
    }

    private static void SetServer(NpgsqlConnectionStringBuilder builder, Dictionary<string, string> values)
    {
        string? host = Take(values, "host");
        if (Take(values, "hostaddr") is { } address)
        {
            host = host is null
                ? address
                : throw new ConnectionUriException("the parameter hostaddr beside a host", "one of them");
        }

        string[] hosts = host?.Split(',')
            ?? throw new ConnectionUriException("an address without a host", "postgres://user:password@host/database");
        string[] ports = (Take(values, "port") ?? "").Split(',');
        if (ports.Length != 1 && ports.Length != hosts.Length)
        {
            throw new ConnectionUriException($"{ports.Length} ports for {hosts.Length} hosts", "one for each, or one");
        }

        var servers = hosts.Select((name, i) => (Name: name, Port: ParsePort(ports.Length == 1 ? ports[0] : ports[i])))
            .ToList();
        if (servers.Any(server => server.Name.Length == 0))
        {
            throw new ConnectionUriException("an empty host among several", "a name or an address for each");
        }

        string? session = values.GetValueOrDefault("target_session_attrs");
        if (servers.Count == 1 && session is not (null or "any"))
        {
            // Npgsql looks at the state of a server only where it has a choice.
            servers.Add(servers[0]);
        }

        if (servers is [var single])
        {
            (builder.Host, builder.Port) = (single.Name, single.Port);
        }
        else
        {
            builder.Host = string.Join(',', servers.Select(server => string.Create(
                CultureInfo.InvariantCulture, $"{Bracket(server.Name)}:{server.Port}")));
        }

        builder.Username = Take(values, "user");
        builder.Password = Take(values, "password");
        builder.Database = Take(values, "dbname") ?? builder.Username;
    }

    private static string Bracket(string host) =>
        host.Contains(':', StringComparison.Ordinal) && !host.StartsWith('/') ? $"[{host}]" : host;

    private static void SetTls(NpgsqlConnectionStringBuilder builder, Dictionary<string, string> values)
    {
        string? mode = Take(values, "sslmode");
        string? root = Take(values, "sslrootcert");
        // JDBC's and libpq's older names.
        foreach (var (name, on) in (ReadOnlySpan<(string, string)>)[("ssl", "true"), ("requiressl", "1")])
        {
            if (Take(values, name) is { } value)
            {
                mode ??= value == on ? "require" : throw Unexpected(name, value, on);
            }
        }

        if (root == "system")
        {
            mode ??= "verify-full";
            builder.SslMode = mode is "verify-full"
                ? SslMode.VerifyFull
                : throw new ConnectionUriException("sslrootcert=system", "sslmode=verify-full with it");
            return;
        }

        if (mode is not null)
        {
            builder.SslMode = mode.Replace("-", "", StringComparison.Ordinal).ToUpperInvariant() switch
            {
                "DISABLE" => SslMode.Disable,
                "ALLOW" => SslMode.Allow,
                "PREFER" => SslMode.Prefer,
                // As in libpq; Npgsql would not look at the certificate.
                "REQUIRE" => root is null ? SslMode.Require : SslMode.VerifyCA,
                "VERIFYCA" => SslMode.VerifyCA,
                "VERIFYFULL" => SslMode.VerifyFull,
                _ => throw Unexpected("sslmode", mode, "disable, allow, prefer, require, verify-ca or verify-full"),
            };
        }

        if (root is not null)
        {
            builder.RootCertificate = root;
        }
    }

    private static void SetKeepAlive(NpgsqlConnectionStringBuilder builder, Dictionary<string, string> values)
    {
        if (Take(values, "keepalives") is { } text)
        {
            builder.TcpKeepAlive = text switch
            {
                "0" => false,
                "1" => true,
                _ => throw Unexpected("keepalives", text, "0 or 1"),
            };
        }

        int idle = Take(values, "keepalives_idle") is { } time ? ParseNumber("keepalives_idle", time) : 0;
        if (idle > 0)
        {
            builder.TcpKeepAliveTime = idle;
        }

        if (Take(values, "keepalives_interval") is { } interval
            && ParseNumber("keepalives_interval", interval) is > 0 and var seconds)
        {
            builder.TcpKeepAliveTime = idle > 0 ? idle : DefaultKeepAliveTime;
            builder.TcpKeepAliveInterval = seconds;
        }
    }

    private static void Set(NpgsqlConnectionStringBuilder builder, string name, string value)
    {
        switch (name)
        {
            case "application_name": builder.ApplicationName = value; break;
            case "channel_binding":
                builder.ChannelBinding = ParseEnum<ChannelBinding>(name, value, "disable, prefer or require");
                break;
            case "connect_timeout": builder.Timeout = ParseNumber(name, value); break;
            case "load_balance_hosts":
                builder.LoadBalanceHosts = value switch
                {
                    "random" => true,
                    "disable" => false,
                    _ => throw Unexpected(name, value, "disable or random"),
                };
                break;
            case "options": builder.Options = value; break;
            case "passfile": builder.Passfile = value; break;
            case "require_auth": builder.RequireAuth = ToNpgsqlMethods(value); break;
            case "sslcert": builder.SslCertificate = value; break;
            case "sslkey": builder.SslKey = value; break;
            case "sslnegotiation":
                builder.SslNegotiation = ParseEnum<SslNegotiation>(name, value, "postgres or direct");
                break;
            case "sslpassword": builder.SslPassword = value; break;
            case "target_session_attrs":
                builder.TargetSessionAttributes = value
                    is "any" or "read-write" or "read-only" or "primary" or "standby" or "prefer-standby"
                        ? value
                        : throw Unexpected(
                            name, value, "any, read-write, read-only, primary, standby or prefer-standby");
                break;
            // Npgsql's own behaviour; other values would change it.
            case "client_encoding": Require(name, value, "UTF8", "auto"); break;
            case "gssencmode": Require(name, value, "disable", "prefer"); break;
            case "sslcertmode": Require(name, value, "allow"); break;
            case "sslcompression": Require(name, value, "0"); break;
            case "sslsni": Require(name, value, "1"); break;
            default: SetKeyword(builder, name, value); break;
        }
    }

    // Npgsql's own keywords, such as Maximum Pool Size, have no name in libpq.
    private static void SetKeyword(NpgsqlConnectionStringBuilder builder, string name, string value)
    {
        string found = name.Length <= 40 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or ' ')
            ? $"the parameter {name}"
            : "a parameter with an unusual name";
        if (Refused.Contains(name))
        {
            throw new ConnectionUriException(found, "an address without it: it cannot be honoured");
        }

        try
        {
            builder[name] = value;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or InvalidCastException)
        {
            throw new ConnectionUriException(found, "the name of a parameter of libpq or Npgsql, and a value for it");
        }
    }

    private static string ToNpgsqlMethods(string value) => string.Join(
        ',',
        value.Split(',').Select(method => method switch
        {
            "password" => "Password",
            "md5" => "MD5",
            "gss" => "GSS",
            "sspi" => "SSPI",
            "scram-sha-256" => "ScramSHA256",
            "none" => "None",
            _ => throw Unexpected("require_auth", value, "password, md5, gss, sspi, scram-sha-256 or none"),
        }));

    private static void Require(string name, string value, params string[] accepted)
    {
        if (!accepted.Contains(value, StringComparer.OrdinalIgnoreCase))
        {
            throw Unexpected(name, value, string.Join(" or ", accepted));
        }
    }

    private static T ParseEnum<T>(string name, string value, string expected)
        where T : struct, Enum =>
        value.All(char.IsAsciiLetter) && Enum.TryParse(value, ignoreCase: true, out T parsed)
            ? parsed
            : throw Unexpected(name, value, expected);

    private static int ParsePort(string text) => text.Length == 0
        ? DefaultPort
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port is > 0 and <= 65535
            ? port
            : throw new ConnectionUriException(
                "a port that is no number from 1 to 65535", "host:port, with / in a password as %2F");

    private static int ParseNumber(string name, string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number)
            ? Math.Max(0, number)
            : throw Unexpected(name, text, "a whole number of seconds");

    private static string? Take(Dictionary<string, string> values, string name) =>
        values.Remove(name, out string? value) && value.Length > 0 ? value : null;

    // None of the parameters whose value is shown holds a secret.
    private static ConnectionUriException Unexpected(string name, string value, string expected) => new(
        value.Length <= 40 && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
            ? $"{name}={value}"
            : $"an unusual value of {name}",
        expected);
}
