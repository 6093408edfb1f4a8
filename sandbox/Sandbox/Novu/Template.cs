using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Sandbox.Novu;

/// <summary>
/// The subset of Liquid that mails use: {{ payload.x }}, {{ subscriber.firstName | default: 'you' | escape }}.
/// </summary>
internal static partial class Template
{
    /// <summary>Renders a text. As in Liquid, a missing value is empty, and only the escape filter encodes.</summary>
    public static string Render(string text, JsonObject variables) => Variable().Replace(text, match =>
    {
        JsonNode? node = variables;
        foreach (var name in match.Groups["path"].Value.Split('.'))
            node = (node as JsonObject)?[name];
        return match.Groups["filter"].Captures.Aggregate(
            node?.ToString() ?? "", (value, filter) => ApplyFilter(value, filter.Value));
    });

    /// <summary>Returns the first tag or variable that is not supported; null if the text can be rendered.</summary>
    public static string? FindUnsupported(string text) =>
        Braces().Matches(text).Select(match => match.Value).FirstOrDefault(part => !Variable().IsMatch(part));

    private static string ApplyFilter(string value, string filter) => filter switch
    {
        "escape" => WebUtility.HtmlEncode(value),
        _ when value.Length > 0 => value,
        _ => filter[filter.IndexOfAny(['\'', '"'])..][1..^1],
    };

    [GeneratedRegex(
        @"\{\{-?\s*(?<path>[A-Za-z_][\w-]*(\.[\w-]+)*)\s*" +
        @"(\|\s*(?<filter>escape|default:\s*('[^']*'|""[^""]*""))\s*)*-?\}\}",
        RegexOptions.ExplicitCapture)]
    private static partial Regex Variable();

    [GeneratedRegex(@"\{\{.*?\}\}|\{%.*?%\}", RegexOptions.Singleline)]
    private static partial Regex Braces();
}
