using System.Globalization;
using System.Text;
using System.Text.Json;

namespace FunctionsHost.Configuration;

/// <summary>
/// The settings of host.json, with overrides from application settings named <c>AzureFunctionsJobHost__…</c>.
/// </summary>
internal sealed class HostJson
{
    private const string FileName = "host.json";
    private const string OverridePrefix = "AzureFunctionsJobHost__";

    private readonly IConfiguration values;

    private HostJson(IConfiguration values)
    {
        this.values = values;
        RoutePrefix = (values["extensions:http:routePrefix"] ?? "api").Trim('/');
        FunctionTimeout = ParseTimeout(values["functionTimeout"]);
        CustomHandler = CustomHandlerSettings.From(values.GetSection("customHandler"));
    }

    /// <summary>Prefix of every route, without slashes at the ends; empty for none.</summary>
    public string RoutePrefix { get; }

    public TimeSpan FunctionTimeout { get; }

    /// <summary>Null for an app with a language worker.</summary>
    public CustomHandlerSettings? CustomHandler { get; }

    /// <summary>The section with the log levels.</summary>
    public IConfiguration Logging => values.GetSection("logging");

    /// <exception cref="FunctionsHostException">The file cannot be read, or the host does not accept it.</exception>
    public static HostJson Load(string folder, IReadOnlyDictionary<string, string> settings)
    {
        var file = Path.Combine(folder, FileName);
        if (!File.Exists(file))
            throw new FunctionsHostException($"There is no {FileName} in {folder}. Name the folder of the built app.");
        return Parse(File.ReadAllText(file), settings, file);
    }

    internal static HostJson Parse(string json, IReadOnlyDictionary<string, string> settings, string file = FileName)
    {
        try
        {
            using var stream = new MemoryStream(Encoding.UTF8.GetBytes(json));
            var values = new ConfigurationBuilder().AddJsonStream(stream)
                .AddInMemoryCollection(Overrides(settings)).Build();
            return values["version"] == "2.0"
                ? new HostJson(values)
                : throw new FunctionsHostException($"{file} needs \"version\": \"2.0\".");
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            throw new FunctionsHostException($"{file} is not valid: {e.Message}", e);
        }
    }

    private static IEnumerable<KeyValuePair<string, string?>> Overrides(IReadOnlyDictionary<string, string> settings) =>
        settings.Where(setting => setting.Key.StartsWith(OverridePrefix, StringComparison.OrdinalIgnoreCase))
            .Select(setting => KeyValuePair.Create<string, string?>(
                setting.Key[OverridePrefix.Length..].Replace("__", ":", StringComparison.Ordinal), setting.Value));

    private static TimeSpan ParseTimeout(string? text)
    {
        if (text is null)
            return TimeSpan.FromMinutes(30);
        if (text == "-1")
            return Timeout.InfiniteTimeSpan;
        return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var timeout) && timeout > TimeSpan.Zero
            ? timeout
            : throw new FunctionsHostException($"functionTimeout: '{text}'; expected a time such as 00:05:00.");
    }
}
