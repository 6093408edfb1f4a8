using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Sandbox.Novu;

/// <summary>The part of Liquid that mails use: {{ payload.x }}, {{ subscriber.firstName }}, | default: 'text'.</summary>
internal static partial class Template
{
    /// <summary>What has no value is empty, as in Liquid.</summary>
    public static string Render(string text, JsonObject variables) => Hole().Replace(text, hole =>
    {
        JsonNode? node = variables;
        foreach (var name in hole.Groups["path"].Value.Split('.'))
            node = (node as JsonObject)?[name];
        return node?.ToString() is { Length: > 0 } value ? value : hole.Groups["default"].Value;
    });

    /// <summary>The first piece in braces that this is not made for; null when all can be rendered.</summary>
    public static string? Unknown(string text) =>
        Braces().Matches(text).Select(match => match.Value).FirstOrDefault(piece => !Hole().IsMatch(piece));

    [GeneratedRegex(
        @"\{\{-?\s*(?<path>[A-Za-z_][\w-]*(\.[\w-]+)*)\s*" +
        @"(\|\s*default:\s*(?<quote>['""])(?<default>.*?)\k<quote>\s*)?-?\}\}",
        RegexOptions.ExplicitCapture)]
    private static partial Regex Hole();

    [GeneratedRegex(@"\{\{.*?\}\}|\{%.*?%\}", RegexOptions.Singleline)]
    private static partial Regex Braces();
}
