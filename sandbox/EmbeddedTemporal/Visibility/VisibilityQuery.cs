using System.Globalization;
using System.Text.RegularExpressions;
using EmbeddedTemporal.Rpc;
using EmbeddedTemporal.Runs;

namespace EmbeddedTemporal.Visibility;

/// <summary>
/// A list filter: comparisons joined by AND, such as <c>TaskQueue = "orders" AND ExecutionStatus != 'Running'</c>,
/// optionally followed by <c>GROUP BY ExecutionStatus</c> in a count. This is the commonly used part of Temporal's
/// query language (https://docs.temporal.io/list-filter). Other queries are rejected.
/// </summary>
internal sealed partial class VisibilityQuery
{
    private static readonly Dictionary<string, Func<Run, string>> Texts = new()
    {
        ["WorkflowId"] = run => run.Header.WorkflowId,
        ["RunId"] = run => run.RunId,
        ["WorkflowType"] = run => run.State.Started.WorkflowType.Name,
        ["TaskQueue"] = run => run.State.Started.TaskQueue.Name,
        ["ExecutionStatus"] = run => run.State.Status.ToString(),
    };

    private static readonly Dictionary<string, Func<Run, DateTimeOffset?>> Times = new()
    {
        ["StartTime"] = run => run.State.StartTime,
        ["CloseTime"] = run => run.State.CloseEvent?.EventTime.ToDateTimeOffset(),
    };

    private readonly List<Func<Run, bool>> conditions = [];

    private VisibilityQuery(bool isGroupedByStatus) => IsGroupedByStatus = isGroupedByStatus;

    public bool IsGroupedByStatus { get; }

    public bool Matches(Run run) => conditions.TrueForAll(condition => condition(run));

    /// <exception cref="RpcException">InvalidArgument with the found and the expected text.</exception>
    /// <param name="customType">Returns the type of a custom search attribute; null if it is not registered.</param>
    public static VisibilityQuery Parse(string text, Func<string, IndexedValueType?> customType)
    {
        var grouped = GroupBy().Match(text);
        var rest = (grouped.Success ? text[..grouped.Index] : text).Trim();
        var query = new VisibilityQuery(grouped.Success);
        while (rest.Length > 0)
        {
            var match = Comparison().Match(rest);
            if (!match.Success) throw Invalid($"found '{rest}', expected: Field = \"value\"");
            var (field, op) = (match.Groups["field"].Value, match.Groups["op"].Value);
            query.conditions.Add(customType(field) is { } type
                ? CustomCondition.Create(field, type, op, Value(match))
                : Condition(field, op, Value(match)));
            rest = rest[match.Length..].Trim();
            if (rest.Length == 0) break;
            var and = And().Match(rest);
            if (!and.Success) throw Invalid($"found '{rest}', expected: AND");
            rest = rest[and.Length..];
            if (rest.Length == 0) throw Invalid("nothing follows the last AND");
        }

        return query;
    }

    private static string Value(Match match) =>
        match.Groups["double"] is { Success: true } quoted ? quoted.Value
        : match.Groups["bare"] is { Success: true } bare ? bare.Value
        : match.Groups["single"].Value;

    private static Func<Run, bool> Condition(string field, string op, string value)
    {
        if (Times.TryGetValue(field, out var time)) return TimeCondition(field, time, op, value);
        if (!Texts.TryGetValue(field, out var text))
            throw Invalid($"'{field}' is not a known field, expected one of {KnownFields()}");
        if (field == "ExecutionStatus") value = Status(value);
        return op switch
        {
            "=" => run => text(run) == value,
            "!=" => run => text(run) != value,
            _ => throw Invalid($"'{op}' does not apply to {field}, expected = or !="),
        };
    }

    private static Func<Run, bool> TimeCondition(
        string field, Func<Run, DateTimeOffset?> time, string op, string value)
    {
        const DateTimeStyles styles = DateTimeStyles.AssumeUniversal;
        if (!DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, styles, out var limit))
            throw Invalid($"'{value}' is not a time for {field}, expected one such as \"2026-01-31T12:00:00Z\"");
        return op switch
        {
            "=" => run => time(run) == limit,
            "!=" => run => time(run) != limit,
            "<" => run => time(run) < limit,
            "<=" => run => time(run) <= limit,
            ">" => run => time(run) > limit,
            _ => run => time(run) >= limit,
        };
    }

    private static string Status(string value) =>
        Enum.TryParse<WorkflowExecutionStatus>(value, ignoreCase: true, out var status)
            && status != WorkflowExecutionStatus.Unspecified
                ? status.ToString()
                : throw Invalid($"'{value}' is not an ExecutionStatus, expected one such as 'Running' or 'Completed'");

    private static string KnownFields() => string.Join(", ", Texts.Keys.Concat(Times.Keys));

    public static RpcException Invalid(string message) => TemporalErrors.InvalidArgument(
        $"invalid query: {message} (the embedded server supports comparisons joined by AND)");

    [GeneratedRegex(
        """^`?(?<field>\w+)`?\s*(?<op>=|!=|<=|>=|<|>)\s*"""
        + """(?:"(?<double>[^"]*)"|'(?<single>[^']*)'|(?<bare>-?\d+(?:\.\d+)?|true|false))""")]
    private static partial Regex Comparison();

    [GeneratedRegex(@"^AND\s*", RegexOptions.IgnoreCase)]
    private static partial Regex And();

    [GeneratedRegex(@"\s*GROUP\s+BY\s+`?ExecutionStatus`?\s*$", RegexOptions.IgnoreCase)]
    private static partial Regex GroupBy();
}
