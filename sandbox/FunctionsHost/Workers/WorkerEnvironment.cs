using System.Collections;
using System.Globalization;

namespace FunctionsHost.Workers;

/// <summary>
/// The environment of a worker: what it inherits, the application settings, and the host's own variables, which no
/// setting replaces.
/// </summary>
internal static class WorkerEnvironment
{
    private const string PlaceholderMode = "WEBSITE_PLACEHOLDER_MODE";

    /// <summary>Variables without which a process of this system does not start or find its runtime.</summary>
    private static readonly string[] Essential =
        ["PATH", "HOME", "USER", "TMPDIR", "TEMP", "TMP", "DOTNET_ROOT", "SystemRoot", "LD_LIBRARY_PATH"];

    public static Dictionary<string, string> For(FunctionsHostOptions options, int port, string language)
    {
        var environment = new Dictionary<string, string>(Inherited(options.InheritEnvironment));
        AddDefaults(environment, options, language);
        if (options.Placeholder)
            environment[PlaceholderMode] = "1";
        else
            Add(environment, options.Settings);
        Add(environment, OfHost(options, port));
        return environment;
    }

    /// <summary>The variables that a placeholder is specialized with.</summary>
    public static Dictionary<string, string> Specialized(
        FunctionsHostOptions options, IReadOnlyDictionary<string, string> settings, int port, string language)
    {
        var environment = new Dictionary<string, string>();
        AddDefaults(environment, options, language);
        Add(environment, settings);
        Add(environment, OfHost(options, port));
        environment[PlaceholderMode] = "0";
        return environment;
    }

    /// <summary>The settings as the host reads them: its environment and the application settings.</summary>
    public static IReadOnlyDictionary<string, string> SettingsOf(FunctionsHostOptions options)
    {
        var settings = new Dictionary<string, string>(Inherited(options.InheritEnvironment));
        Add(settings, options.Settings);
        return settings;
    }

    private static void AddDefaults(
        Dictionary<string, string> environment, FunctionsHostOptions options, string language)
    {
        environment.TryAdd("AZURE_FUNCTIONS_ENVIRONMENT", options.EnvironmentName);
        environment.TryAdd("FUNCTIONS_EXTENSION_VERSION", "~4");
        environment.TryAdd("FUNCTIONS_WORKER_RUNTIME", language);
    }

    private static Dictionary<string, string> OfHost(FunctionsHostOptions options, int port)
    {
        var folder = Path.GetFullPath(options.AppFolder);
        return new()
        {
            ["AzureWebJobsScriptRoot"] = folder,
            ["FUNCTIONS_APPLICATION_DIRECTORY"] = folder,
            ["FUNCTIONS_WORKER_DIRECTORY"] = folder,
            ["WEBSITE_HOSTNAME"] = string.Create(CultureInfo.InvariantCulture, $"localhost:{port}"),
        };
    }

    private static void Add(Dictionary<string, string> environment, IReadOnlyDictionary<string, string> settings)
    {
        foreach (var (name, value) in settings)
            environment[name] = value;
    }

    private static IEnumerable<KeyValuePair<string, string>> Inherited(bool all) =>
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Where(variable => all || Essential.Contains((string)variable.Key))
            .Select(variable => KeyValuePair.Create((string)variable.Key, (string?)variable.Value ?? ""));
}
