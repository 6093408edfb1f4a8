namespace FunctionsHost.Functions;

/// <summary>
/// The functions that are served, in the order of their names, and those that are in error. A function in error is
/// left out, as by the real host; the others are served.
/// </summary>
internal sealed record FunctionTable(
    IReadOnlyList<HostedFunction> Functions, IReadOnlyDictionary<string, string> Errors)
{
    /// <summary>Beginnings of routes that the host keeps for itself, also of longer words.</summary>
    private static readonly string[] Reserved = ["admin", "runtime"];

    public static FunctionTable Empty { get; } = new([], new Dictionary<string, string>());

    public static FunctionTable From(IEnumerable<HostedFunction> functions)
    {
        var served = new List<HostedFunction>();
        var errors = new SortedDictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var function in functions.OrderBy(function => function.Name, StringComparer.OrdinalIgnoreCase))
        {
            if (ErrorOf(function, served) is { } error)
                errors[function.Name] = error;
            else
                served.Add(function);
        }

        return new FunctionTable(served, errors);
    }

    private static string? ErrorOf(HostedFunction function, List<HostedFunction> earlier)
    {
        if (Reserved.Any(word => function.Route.StartsWith(word, StringComparison.OrdinalIgnoreCase)))
            return "The specified route conflicts with one or more built in routes.";
        if (earlier.Find(other => other.Name.Equals(function.Name, StringComparison.OrdinalIgnoreCase)) is not null)
            return $"The function name '{function.Name}' must be unique within the function app.";
        return earlier.Find(other => Conflict(function, other)) is { } owner
            ? $"The route specified conflicts with the route defined by function '{owner.Name}'."
            : null;
    }

    private static bool Conflict(HostedFunction one, HostedFunction other) =>
        one.Route.Equals(other.Route, StringComparison.OrdinalIgnoreCase)
            && (one.Methods.Count == 0 || other.Methods.Count == 0 || one.Methods.Intersect(other.Methods).Any());
}
