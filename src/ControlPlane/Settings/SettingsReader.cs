using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace ControlPlane.Settings;

/// <summary>
/// Reads settings by the names of their environment variables (docs/settings.md). An empty value counts as missing. The
/// environment is Production unless its name is set.
/// </summary>
public sealed class SettingsReader(IConfiguration configuration, IHostEnvironment environment)
{
    /// <summary>How an error names the way out of <see cref="RequiresTls"/>.</summary>
    public const string OrAllowInsecure = "in Production, or ALLOW_INSECURE_CONNECTIONS=true";

    public bool IsProduction { get; } = environment.IsProduction();

    public bool IsDevelopment { get; } = environment.IsDevelopment();

    /// <summary>
    /// Whether connections to other machines need TLS: in Production, unless <c>ALLOW_INSECURE_CONNECTIONS</c> is true.
    /// Loopback is exempt, since no other machine sees it.
    /// </summary>
    public bool RequiresTls => IsProduction && !Flag("ALLOW_INSECURE_CONNECTIONS", false);

    /// <summary>Returns the value, or null if there is none.</summary>
    public string? Find(string name) => configuration[name] is { Length: > 0 } value ? value : null;

    /// <exception cref="MissingSettingException">There is no value.</exception>
    public string Require(string name, string expected) =>
        Find(name) ?? throw new MissingSettingException(name, expected);

    public string Text(string name, string fallback) => Find(name) ?? fallback;

    /// <summary>
    /// Returns a value that is specific to the installation. Outside Production, the example is the default.
    /// </summary>
    /// <exception cref="MissingSettingException">There is no value in Production.</exception>
    public string TextRequiredInProduction(string name, string example) =>
        IsProduction ? Require(name, $"the value of this installation, such as {example}") : Text(name, example);

    public bool Flag(string name, bool fallback) => Find(name) switch
    {
        null => fallback,
        { } text when text.Equals("true", StringComparison.OrdinalIgnoreCase) || text == "1" => true,
        { } text when text.Equals("false", StringComparison.OrdinalIgnoreCase) || text == "0" => false,
        { } text => throw new SettingException(name, $"'{text}'", "true or false"),
    };

    public int Number(string name, int fallback, int min, int max)
    {
        if (Find(name) is not { } text)
        {
            return fallback;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value)
            && value >= min && value <= max
                ? value
                : throw new SettingException(name, $"'{text}'", $"a whole number from {min} to {max}");
    }

    /// <summary>
    /// Returns an absolute http or https address without user info, query and fragment, or null if there is no value. A
    /// trailing slash is removed.
    /// </summary>
    public Uri? FindUrl(string name)
    {
        if (Find(name) is not { } text)
        {
            return null;
        }

        return Uri.TryCreate(text.TrimEnd('/'), UriKind.Absolute, out var url)
            && url.Scheme is "http" or "https" && url.Query.Length == 0 && url.Fragment.Length == 0
            && url.UserInfo.Length == 0
                ? url
                : throw new SettingException(name, "something that is no such address",
                    "an absolute http or https address such as http://127.0.0.1:8080");
    }

    /// <summary>
    /// Returns an address of a system that gets or issues secrets, or null if there is no value: https where
    /// <see cref="RequiresTls"/>.
    /// </summary>
    public Uri? FindSecureUrl(string name) => FindUrl(name) is { } url && url.Scheme == "http" && !url.IsLoopback
        && RequiresTls
            ? throw new SettingException(name, "an http address", $"https {OrAllowInsecure}")
            : FindUrl(name);

    /// <exception cref="MissingSettingException">There is no value.</exception>
    public Uri RequireSecureUrl(string name) =>
        FindSecureUrl(name) ?? throw new MissingSettingException(name, "an absolute http or https address");

    /// <exception cref="MissingSettingException">There is no value.</exception>
    public Guid RequireId(string name)
    {
        string text = Require(name, "a UUID");
        return Guid.TryParseExact(text, "D", out var id) && id != Guid.Empty
            ? id
            : throw new SettingException(name, $"'{text}'", "a UUID such as 8f14e45f-ceea-467f-a0e6-0d5f0a6f3c11");
    }
}
