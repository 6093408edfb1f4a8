using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using ControlPlane.Settings;

namespace Architecture.Tests;

/// <summary>
/// The settings reference (docs/settings.md) and the example agree with the settings that the sources read.
/// </summary>
public sealed partial class SettingsTests
{
    /// <summary>Settings that the Functions host reads itself or passes on to .NET.</summary>
    private static readonly string[] HostSettings =
        ["AzureWebJobsStorage", "DOTNET_ENVIRONMENT", "FUNCTIONS_WORKER_RUNTIME"];

    private static readonly Regex Read = new(
        $@"\.(?:{string.Join('|', ReaderMethods())})\(\s*""([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*)""", RegexOptions.Compiled);

    [Fact]
    public void The_reference_lists_every_setting_that_is_read()
    {
        var read = ReadIn([.. Assemblies.ProductNames]);

        Assert.Superset(new HashSet<string> { "DATABASE_URL", "HOST", "TIMEOUT_SCALE", "PORT", "TOKEN_KEYS" }, read);
        Assert.Empty(read.Except(Documented().Select(row => row.Name)).Order());
    }

    [Fact]
    public void Every_setting_in_the_reference_is_read() =>
        Assert.Empty(Documented().Select(row => row.Name)
            .Except(ReadIn([.. Assemblies.ProductNames])).Order());

    [Fact]
    public void A_setting_has_one_row_in_the_reference()
    {
        var names = Documented().Select(row => row.Name).ToList();

        Assert.Equal(names.Distinct(), names);
    }

    [Fact]
    public void The_reference_tells_functions_settings_from_worker_only_settings()
    {
        var functions = ReadIn("Api", "Functions", "Server");
        var workerOnly = ReadIn("Worker").Except(ReadIn("Api", "ControlPlane", "Functions", "Server")).ToHashSet();

        var wrong = Documented().Where(row =>
            row.ByFunctions ? workerOnly.Contains(row.Name) : functions.Contains(row.Name));

        Assert.Empty(wrong);
    }

    [Fact]
    public void The_example_of_local_settings_lists_only_settings_of_the_functions_and_their_host()
    {
        using var json = JsonDocument.Parse(Repository.Read("local.settings.json.example"));

        var names = json.RootElement.GetProperty("Values").EnumerateObject().Select(value => value.Name).ToList();

        Assert.Superset(HostSettings.ToHashSet(), names.ToHashSet());
        Assert.Empty(names.Except(HostSettings)
            .Except(Documented().Where(row => row.ByFunctions).Select(row => row.Name)));
    }

    // A file that uses SettingsReader may also hold setting names in constants or lists; these count as read.
    private static HashSet<string> ReadIn(params string[] projects) => projects
        .SelectMany(project => Repository.Sources($"src/{project}"))
        .Select(file => Repository.Read(file))
        .SelectMany(source => Read.Matches(source).Concat(
            source.Contains(nameof(SettingsReader), StringComparison.Ordinal) ? Name().Matches(source) : []))
        .Select(match => match.Groups[1].Value)
        .ToHashSet();

    private static IEnumerable<string> ReaderMethods() => typeof(SettingsReader)
        .GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
        .Where(method => method.GetParameters() is [{ Name: "name" }, ..])
        .Select(method => method.Name);

    private static List<(string Name, bool ByFunctions)> Documented() =>
        [.. Row().Matches(Repository.Read("docs", "settings.md")).Select(row =>
            (row.Groups[1].Value, row.Groups[2].Value.Contains("functions", StringComparison.Ordinal)))];

    [GeneratedRegex(@"""([A-Z][A-Z0-9]+(?:_[A-Z0-9]+)+)""")]
    private static partial Regex Name();

    [GeneratedRegex(@"^\|\s*`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*)`\s*\|([^|\n]*)\|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
