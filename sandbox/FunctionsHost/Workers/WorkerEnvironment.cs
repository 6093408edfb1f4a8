using System.Collections;
using System.Globalization;

namespace FunctionsHost.Workers;

/// <summary>The environment of a worker: the inherited one, the host's variables, the application settings.</summary>
internal static class WorkerEnvironment
{
    /// <summary>Variables without which a process of this system does not start or find its runtime.</summary>
    private static readonly string[] Essential =
        ["PATH", "HOME", "USER", "TMPDIR", "TEMP", "TMP", "DOTNET_ROOT", "SystemRoot", "LD_LIBRARY_PATH"];

    public static Dictionary<string, string> For(FunctionsHostOptions options, int port, string? language)
    {
        var environment = new Dictionary<string, string>(Inherited(options.InheritEnvironment));
        foreach (var (name, value) in OfHost(options, port, language))
            environment[name] = value;
        if (options.Placeholder)
            environment["WEBSITE_PLACEHOLDER_MODE"] = "1";
        else
            Add(environment, options.Settings);
        return environment;
    }

    /// <summary>The environment that a placeholder is specialized with.</summary>
    public static Dictionary<string, string> Specialized(
        FunctionsHostOptions options, IReadOnlyDictionary<string, string> settings, int port, string? language)
    {
        var environment = new Dictionary<string, string>(OfHost(options, port, language))
        {
            ["WEBSITE_PLACEHOLDER_MODE"] = "0",
        };
        Add(environment, settings);
        return environment;
    }

    private static Dictionary<string, string> OfHost(FunctionsHostOptions options, int port, string? language)
    {
        var folder = Path.GetFullPath(options.AppFolder);
        var variables = new Dictionary<string, string>
        {
            ["AZURE_FUNCTIONS_ENVIRONMENT"] = options.EnvironmentName,
            ["AzureWebJobsScriptRoot"] = folder,
            ["FUNCTIONS_APPLICATION_DIRECTORY"] = folder,
            ["FUNCTIONS_EXTENSION_VERSION"] = "~4",
            ["FUNCTIONS_WORKER_DIRECTORY"] = folder,
            ["WEBSITE_HOSTNAME"] = string.Create(CultureInfo.InvariantCulture, $"localhost:{port}"),
        };
        if (language is not null)
            variables["FUNCTIONS_WORKER_RUNTIME"] = language;
        return variables;
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
