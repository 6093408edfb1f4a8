using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;
using Sandbox.S3;

namespace Sandbox.Hosting;

/// <summary>
/// Options that can also be set by an environment variable. The help never shows the value, which may be a secret.
/// </summary>
internal static class EnvironmentOption
{
    private static readonly Dictionary<Option, string> Variables = [];

    public static Option<string?> Text(string name, string variable, string description)
    {
        var option = new Option<string?>(name) { Description = $"{description} [{variable}]" };
        lock (Variables)
            Variables[option] = variable;
        return option;
    }

    public static string? ValueOf(ParseResult parsed, Option<string?> option) =>
        parsed.GetValue(option) ?? Variable(Variables[option]);

    public static string? Variable(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    public static Option<int> Port(string system, int port)
    {
        var variable = $"SANDBOX_{system.ToUpperInvariant()}_PORT";
        var option = new Option<int>($"--{system}-port")
        {
            Description = $"Port of {system}; 0 selects a free one. [{variable}]",
            DefaultValueFactory = result => ParsePort(
                result, variable, Variable(variable) ?? port.ToString(CultureInfo.InvariantCulture)),
            CustomParser = result => ParsePort(result, $"--{system}-port", result.Tokens[0].Value),
        };
        return option;
    }

    public static Option<Uri?> Upstream(string system, string name) => new($"--{system}-upstream")
    {
        Description = $"Address of a real {name}, proxied with faults and journal instead of the stand-in.",
        CustomParser = result => ParseAddress(result, result.Tokens[0].Value),
    };

    public static Option<DnsEndPoint?> Endpoint(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = result => ParseEndpoint(result, name, result.Tokens[0].Value),
    };

    public static Option<IPAddress?> Listener(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = result => ParseListener(result, name, result.Tokens[0].Value),
    };

    public static S3Account[] ParseAccounts(ArgumentResult result) =>
        [.. result.Tokens.Select(token => ParseAccount(result, token.Value.Split(':'))).OfType<S3Account>()];

    private static S3Account? ParseAccount(ArgumentResult result, string[] parts)
    {
        if (parts is [{ Length: > 0 } key, { Length: > 0 } secret, { Length: 12 } account]
            && account.All(char.IsAsciiDigit))
            return new S3Account(key, secret, account);
        result.AddError(
            $"--s3-account: '{parts[0]}:…'; expected ACCESSKEY:SECRETKEY:ACCOUNT, twelve digits for the account.");
        return null;
    }

    private static IPAddress? ParseListener(ArgumentResult result, string name, string text)
    {
        if (IPAddress.TryParse(text, out var address))
            return address;
        result.AddError($"{name}: '{text}'; expected an IP address, such as 0.0.0.0.");
        return null;
    }

    private static Uri? ParseAddress(ArgumentResult result, string text)
    {
        if (Uri.TryCreate(text, UriKind.Absolute, out var address)
            && address is { Scheme: "http" or "https", PathAndQuery: "/", UserInfo: "" })
            return address;
        result.AddError($"'{text}'; expected an address without a path, such as http://127.0.0.1:8180.");
        return null;
    }

    private static DnsEndPoint? ParseEndpoint(ArgumentResult result, string name, string text)
    {
        if (text.Split(':') is [{ Length: > 0 } host, var digits]
            && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            && port is > 0 and <= 65535)
            return new DnsEndPoint(host, port);
        result.AddError($"{name}: '{text}'; expected HOST:PORT, such as 127.0.0.1:5432.");
        return null;
    }

    private static int ParsePort(ArgumentResult result, string name, string text)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= 65535)
            return port;
        result.AddError($"{name}: '{text}'; expected a port, 0 to 65535.");
        return 0;
    }
}
