using System.Text.RegularExpressions;

namespace Sandbox.Proxies;

/// <summary>Statements as they may be written down: on one line, without a value in them.</summary>
internal static partial class PostgresShape
{
    public static string Of(IEnumerable<string> statements) => string.Join("; ", statements.Select(Of));

    private static string Of(string statement)
    {
        var bare = NotShown().Replace(statement, found => found.Value[0] switch
        {
            '"' => found.Value,
            '-' or '/' => " ",
            _ => "?",
        });
        return Spaces().Replace(bare, " ").Trim(' ', ';');
    }

    // Comments, names in quotes (which stay, and may hold what looks like a value), texts in each of their spellings,
    // numbers; $1 is none.
    [GeneratedRegex(
        """
        --[^\n]* | /\*.*?(?:\*/|\z) | "(?:[^"]|"")*" | [eE]'(?:[^'\\]|\\.|'')*(?:'|\z) | '(?:[^']|'')*(?:'|\z)
        | \$((?:[A-Za-z_]\w*)?)\$.*?(?:\$\1\$|\z) | (?<![\w$])\d+(?:\.\d+)?
        """,
        RegexOptions.Singleline | RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant)]
    private static partial Regex NotShown();

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant)]
    private static partial Regex Spaces();
}
