using System.Text.RegularExpressions;

namespace Packages.Tests;

/// <summary>The rows of docs/settings.md.</summary>
internal static partial class DocumentedSetting
{
    private static readonly Dictionary<string, (string Readers, string Default)> All =
        Row().Matches(Checkout.Read("docs", "settings.md"))
            .ToDictionary(row => row.Groups[1].Value, row => (row.Groups[2].Value, row.Groups[3].Value.Trim()));

    public static IEnumerable<string> Names => All.Keys.Append("DOTNET_ENVIRONMENT");

    public static string DefaultOf(string name) => All[name].Default;

    /// <summary>Whether a process reads a setting: "functions", "worker", or "commands, setup".</summary>
    public static bool IsReadBy(string process, string name) => !All.TryGetValue(name, out var row)
        || process.Split(", ").Any(reader => row.Readers.Contains(reader, StringComparison.Ordinal));

    [GeneratedRegex(@"^\|\s*`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*)`\s*\|([^|\n]*)\|([^|\n]*)\|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
