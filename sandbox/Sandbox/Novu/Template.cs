using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Sandbox.Novu;

/// <summary>
/// The subset of Liquid that mails use: {{ payload.x }}, {{ subscriber.firstName | default: 'you' | escape }},
/// {% if payload.x != blank %} … {% else %} … {% endif %}.
/// </summary>
internal static partial class Template
{
    /// <summary>Renders a text. As in Liquid, a missing value is empty, and only the escape filter encodes.</summary>
    public static string Render(string text, JsonObject variables)
    {
        var rendered = new StringBuilder();
        // Whether the parts inside each open condition are shown.
        var shown = new Stack<bool>();
        int position = 0;
        foreach (Match part in Braces().Matches(text))
        {
            Append(text[position..part.Index]);
            position = part.Index + part.Length;
            if (Condition().Match(part.Value) is { Success: true } condition)
                shown.Push(!string.IsNullOrWhiteSpace(Find(condition, variables)));
            else if (Else().IsMatch(part.Value))
                shown.Push(!shown.Pop());
            else if (End().IsMatch(part.Value))
                shown.Pop();
            else
                Append(Replace(Variable().Match(part.Value), variables));
        }

        Append(text[position..]);
        return rendered.ToString();

        void Append(string value)
        {
            if (shown.All(isShown => isShown))
                rendered.Append(value);
        }
    }

    /// <summary>Returns the first tag or variable that is not supported; null if the text can be rendered.</summary>
    public static string? FindUnsupported(string text)
    {
        int open = 0;
        foreach (var part in Braces().Matches(text).Select(match => match.Value))
        {
            if (Condition().IsMatch(part))
                open++;
            else if (End().IsMatch(part))
                open--;
            else if (!Variable().IsMatch(part) && !(open > 0 && Else().IsMatch(part)))
                return part;
            if (open < 0)
                return part;
        }

        return open == 0 ? null : "{% if %} without {% endif %}";
    }

    private static string Replace(Match variable, JsonObject variables) =>
        variable.Groups["filter"].Captures.Aggregate(
            Find(variable, variables), (value, filter) => ApplyFilter(value, filter.Value));

    private static string Find(Match match, JsonObject variables)
    {
        JsonNode? node = variables;
        foreach (var name in match.Groups["path"].Value.Split('.'))
            node = (node as JsonObject)?[name];
        return node?.ToString() ?? "";
    }

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

    [GeneratedRegex(
        @"\A\{%\s*if\s+(?<path>[A-Za-z_][\w-]*(\.[\w-]+)*)\s*!=\s*blank\s*%\}\z",
        RegexOptions.ExplicitCapture)]
    private static partial Regex Condition();

    [GeneratedRegex(@"\A\{%\s*else\s*%\}\z")]
    private static partial Regex Else();

    [GeneratedRegex(@"\A\{%\s*endif\s*%\}\z")]
    private static partial Regex End();

    [GeneratedRegex(@"\{\{.*?\}\}|\{%.*?%\}", RegexOptions.Singleline)]
    private static partial Regex Braces();
}
