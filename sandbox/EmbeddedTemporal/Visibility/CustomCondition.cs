using System.Globalization;
using System.Text.Json;
using EmbeddedTemporal.Runs;

namespace EmbeddedTemporal.Visibility;

/// <summary>A comparison with a custom search attribute. A list matches if one of its values does.</summary>
internal static class CustomCondition
{
    /// <exception cref="RpcException">InvalidArgument: the value is not of the attribute's type.</exception>
    public static Func<Run, bool> Create(string field, IndexedValueType type, string op, string value)
    {
        var limit = Parse(type, value) ?? throw VisibilityQuery.Invalid($"'{value}' is no {type}, the type of {field}");
        // As in SQL, a run without the attribute matches no comparison, not even !=.
        return run => run.State.SearchAttributes.TryGetValue(field, out var stored)
            && SearchAttribute.Values(stored).Any(item => Holds(Compare(item, type, limit), op));
    }

    private static bool Holds(int order, string op) => op switch
    {
        "=" => order == 0,
        "!=" => order != 0,
        "<" => order < 0,
        "<=" => order <= 0,
        ">" => order > 0,
        _ => order >= 0,
    };

    private static int Compare(JsonElement item, IndexedValueType type, IComparable limit)
    {
        var text = item.ValueKind == JsonValueKind.String ? item.GetString()! : item.GetRawText();
        return limit is string expected
            ? string.CompareOrdinal(text, expected)
            : -limit.CompareTo(Parse(type, text));
    }

    private static IComparable? Parse(IndexedValueType type, string text) => type switch
    {
        IndexedValueType.Int or IndexedValueType.Double =>
            decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null,
        IndexedValueType.Bool => bool.TryParse(text, out var flag) ? flag : null,
        IndexedValueType.Datetime => DateTimeOffset.TryParse(
            text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null,
        _ => text,
    };
}
