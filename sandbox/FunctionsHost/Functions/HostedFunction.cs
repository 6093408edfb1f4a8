namespace FunctionsHost.Functions;

/// <summary>The key that callers of a function need.</summary>
public enum AuthLevel
{
    Anonymous,
    Function,
    Admin,
}

/// <summary>A function with an HTTP trigger, as the host knows it.</summary>
public sealed record HostedFunction
{
    public required string Name { get; init; }

    /// <summary>The route template without the prefix of host.json.</summary>
    public required string Route { get; init; }

    /// <summary>Methods in capitals; empty for all methods.</summary>
    public required IReadOnlyList<string> Methods { get; init; }

    public required AuthLevel AuthLevel { get; init; }

    /// <summary>The name of the trigger's binding: the name of its parameter.</summary>
    internal string TriggerName { get; init; } = "req";

    /// <summary>The name of the output binding of type <c>http</c>, such as <c>$return</c>; null without one.</summary>
    internal string? OutputName { get; init; }

    internal string Id { get; init; } = "";
}
