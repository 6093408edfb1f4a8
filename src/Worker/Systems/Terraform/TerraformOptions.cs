using ControlPlane.Persistence;
using ControlPlane.Security;
using ControlPlane.Settings;

namespace Worker.Systems.Terraform;

/// <summary>The settings of infrastructure by Terraform.</summary>
/// <param name="Binary">The path of terraform, or of a compatible program.</param>
/// <param name="Modules">The folder with a module for each tier.</param>
/// <param name="State">The database of the states, as the role that creates the tenants' roles.</param>
/// <param name="StateKeys">The keys from which the passwords of the tenants' roles are derived.</param>
/// <param name="Plugins">The folder with the providers; null: modules use only the built-in one.</param>
/// <param name="VariablesFile">A JSON file with the installation's own variables; null: none.</param>
/// <param name="Environment">The variables of the worker's environment that the providers get.</param>
/// <param name="WorkFolder">The folder of the working directories.</param>
/// <param name="Region">The region that the modules get; empty: none.</param>
/// <param name="MaxDuration">After this time a run is interrupted, also if its worker no longer exists.</param>
/// <param name="Grace">The time from the interruption of a run to its kill.</param>
public sealed record TerraformOptions(
    string Binary,
    string Modules,
    DatabaseOptions State,
    KeyRing StateKeys,
    string? Plugins,
    string? VariablesFile,
    IReadOnlyDictionary<string, string> Environment,
    string WorkFolder,
    string Region,
    TimeSpan MaxDuration,
    TimeSpan Grace)
{
    public const string Switch = "TERRAFORM_ENABLED";

    /// <summary>The names of the tiers' folders.</summary>
    public static IReadOnlyList<string> Tiers { get; } = ["silo", "bridge", "pooled"];

    /// <summary>
    /// Reads the settings; null when it is off (<c>TERRAFORM_ENABLED</c>, by default on with a state database).
    /// </summary>
    /// <exception cref="SettingException">Binary, modules or state database are missing or unusable.</exception>
    public static TerraformOptions? From(SettingsReader settings)
    {
        if (!settings.Flag(Switch, settings.Find(StateUrl) is not null))
        {
            return null;
        }

        RequireTools();
        return new TerraformOptions(
            FindBinary(settings),
            FindModules(settings),
            ReadState(settings),
            KeyRing.Require(settings, "TERRAFORM_STATE_KEYS"),
            FindExisting(settings, "TERRAFORM_PLUGIN_DIR", Directory.Exists, "a folder that exists"),
            FindExisting(settings, "TERRAFORM_VARIABLES_FILE", File.Exists, "a file that exists"),
            ReadEnvironment(settings),
            Path.GetFullPath(
                settings.Text("TERRAFORM_WORK_DIR", Path.Combine(Path.GetTempPath(), "arc-saas-terraform"))),
            settings.Find("TERRAFORM_REGION") ?? settings.Find("AWS_REGION") ?? "",
            TimeSpan.FromMinutes(settings.Number("TERRAFORM_MAX_MINUTES", 45, 1, 50)),
            TimeSpan.FromSeconds(settings.Number("TERRAFORM_GRACE", 60, 1, 240)));
    }

    private const string StateUrl = "TERRAFORM_STATE_URL";

    private static readonly string[] ProgramFolders = ["/usr/local/bin", "/usr/bin", "/bin"];

    private static string? FindProgram(string name) =>
        ProgramFolders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    // A run has a session and a limit of its own, so that it outlives a killed worker, and not for ever.
    private static void RequireTools()
    {
        foreach (string tool in (string[])["sh", "setsid", "timeout"])
        {
            if (FindProgram(tool) is null)
            {
                throw new SettingException(Switch, $"true on a machine without `{tool}`",
                    "a Linux machine with coreutils and util-linux, or false");
            }
        }
    }

    private static string FindBinary(SettingsReader settings)
    {
        const string Name = "TERRAFORM_BINARY", Expected = "the path of terraform 1.11 or later";
        if (settings.Find(Name) is not { } path)
        {
            return FindProgram("terraform") ?? throw new MissingSettingException(Name, Expected);
        }

        return File.Exists(path)
            ? Path.GetFullPath(path)
            : throw new SettingException(Name, "a file that does not exist", Expected);
    }

    private static string FindModules(SettingsReader settings)
    {
        const string Name = "TERRAFORM_MODULES";
        string folder = settings.Require(Name, "a folder with a module for each tier: silo, bridge, pooled");
        var missing = Tiers
            .Where(tier => !Directory.Exists(Path.Combine(folder, tier))
                || !Directory.EnumerateFiles(Path.Combine(folder, tier), "*.tf*").Any())
            .ToList();
        return missing.Count == 0
            ? Path.GetFullPath(folder)
            : throw new SettingException(
                Name, $"a folder without a module {string.Join(", ", missing)}", "a module for each tier");
    }

    private static DatabaseOptions ReadState(SettingsReader settings)
    {
        var state = DatabaseOptions.ForTerraform(settings, StateUrl);
        StateConnection.RequireSupported(StateUrl, state);
        return state;
    }

    private static string? FindExisting(
        SettingsReader settings, string name, Func<string, bool> exists, string expected) =>
        settings.Find(name) switch
        {
            null => null,
            { } path when exists(path) => Path.GetFullPath(path),
            _ => throw new SettingException(name, "a path that does not exist", expected),
        };

    private static Dictionary<string, string> ReadEnvironment(SettingsReader settings)
    {
        const string Name = "TERRAFORM_ENVIRONMENT";
        const StringSplitOptions Lenient = StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;
        return settings.Text(Name, "").Split(',', Lenient).Distinct().ToDictionary(
            variable => variable,
            variable => settings.Find(variable)
                ?? throw new SettingException(Name, $"'{variable}', which is not set", "names of variables that are"));
    }
}
