using System.Text.RegularExpressions;

namespace Sandbox.Proxies;

/// <summary>Normalizes SQL statements for the journal: on one line, without comments, with ? for each value.</summary>
internal static partial class PostgresNormalizer
{
    public static string Normalize(IEnumerable<string> statements) => string.Join("; ", statements.Select(Normalize));

    private static string Normalize(string statement)
    {
        var normalized = Token().Replace(statement, match => match.Value[0] switch
        {
            '"' => match.Value,
            '-' or '/' => " ",
            _ => "?",
        });
        return Spaces().Replace(normalized, " ").Trim(' ', ';');
    }

    // Comments, quoted names, string constants in each of their spellings, and numbers. Quoted names are matched so
    // that text inside them is not taken for a value. Parameters such as $1 are not matched.
    [GeneratedRegex(
        """
        --[^\n]* | /\*.*?(?:\*/|\z) | "(?:[^"]|"")*" | [eE]'(?:[^'\\]|\\.|'')*(?:'|\z) | '(?:[^']|'')*(?:'|\z)
        | \$((?:[A-Za-z_]\w*)?)\$.*?(?:\$\1\$|\z) | (?<![\w$])\d+(?:\.\d+)?
        """,
        RegexOptions.Singleline | RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant)]
    private static partial Regex Token();

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant)]
    private static partial Regex Spaces();
}
