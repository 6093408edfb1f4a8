using System.Text.RegularExpressions;

namespace Infra.Tests.Support;

/// <summary>A row of docs/settings.md.</summary>
/// <param name="Name">The name of the setting.</param>
/// <param name="ReadBy">The processes that read it.</param>
/// <param name="Default">The default for Development and Production.</param>
/// <param name="IsSecret">Whether its meaning begins with the word secret.</param>
public sealed partial record DocumentedSetting(string Name, string ReadBy, string Default, bool IsSecret)
{
    public static IReadOnlyList<DocumentedSetting> All { get; } =
    [
        .. Row().Matches(Repository.Read("docs", "settings.md")).Select(row => new DocumentedSetting(
            row.Groups[1].Value, row.Groups[2].Value.Trim(), row.Groups[3].Value.Trim(),
            row.Groups[4].Value.Trim().StartsWith("secret", StringComparison.Ordinal))),
    ];

    /// <summary>Whether Production has no usable default.</summary>
    public bool HasNoDefault => Default == "none" || Default.EndsWith("/ required", StringComparison.Ordinal);

    public bool IsReadBy(string process) => ReadBy.Contains(process, StringComparison.Ordinal)
        || process == "worker" && ReadBy.Contains("setup", StringComparison.Ordinal);

    [GeneratedRegex(
        @"^\|\s*`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*)`\s*\|([^|\n]*)\|([^|\n]*)\|([^|\n]*)\|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
