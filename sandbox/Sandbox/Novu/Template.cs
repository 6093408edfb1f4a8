using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Sandbox.Novu;

/// <summary>
/// The part of Liquid that mails use: {{ payload.x }}, {{ subscriber.firstName | default: 'you' | escape }}.
/// </summary>
internal static partial class Template
{
    /// <summary>What has no value is empty, and nothing is encoded without being told to, as in Liquid.</summary>
    public static string Render(string text, JsonObject variables) => Hole().Replace(text, hole =>
    {
        JsonNode? node = variables;
        foreach (var name in hole.Groups["path"].Value.Split('.'))
            node = (node as JsonObject)?[name];
        return hole.Groups["filter"].Captures.Aggregate(
            node?.ToString() ?? "", (value, filter) => Filtered(value, filter.Value));
    });

    /// <summary>The first piece in braces that this is not made for; null when all can be rendered.</summary>
    public static string? Unknown(string text) =>
        Braces().Matches(text).Select(match => match.Value).FirstOrDefault(piece => !Hole().IsMatch(piece));

    private static string Filtered(string value, string filter) => filter switch
    {
        "escape" => WebUtility.HtmlEncode(value),
        _ when value.Length > 0 => value,
        _ => filter[filter.IndexOfAny(['\'', '"'])..][1..^1],
    };

    [GeneratedRegex(
        @"\{\{-?\s*(?<path>[A-Za-z_][\w-]*(\.[\w-]+)*)\s*" +
        @"(\|\s*(?<filter>escape|default:\s*('[^']*'|""[^""]*""))\s*)*-?\}\}",
        RegexOptions.ExplicitCapture)]
    private static partial Regex Hole();

    [GeneratedRegex(@"\{\{.*?\}\}|\{%.*?%\}", RegexOptions.Singleline)]
    private static partial Regex Braces();
}
