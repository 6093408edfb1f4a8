using System.Text.Json;

namespace FunctionsHost.Functions;

/// <summary>Reads the bindings of a function, which the worker sends as JSON and function.json holds.</summary>
internal static class FunctionBindings
{
    /// <summary>The function of these bindings; null if its trigger is not HTTP.</summary>
    public static HostedFunction? Read(string name, string id, IReadOnlyList<JsonElement> bindings)
    {
        foreach (var trigger in bindings)
        {
            if (!IsOfType(trigger, "httpTrigger"))
                continue;
            return new HostedFunction
            {
                Name = name,
                Id = id,
                TriggerName = TextOf(trigger, "name") ?? "req",
                // A function without a route is served at its name.
                Route = TextOf(trigger, "route") is { Length: > 0 } route ? route.Trim('/') : name,
                Methods = MethodsOf(trigger),
                AuthLevel = LevelOf(name, TextOf(trigger, "authLevel")),
                OutputName = OutputOf(bindings),
            };
        }

        return null;
    }

    private static string? OutputOf(IReadOnlyList<JsonElement> bindings)
    {
        foreach (var binding in bindings)
        {
            if (IsOfType(binding, "http"))
                return TextOf(binding, "name") ?? "$return";
        }

        return null;
    }

    private static string[] MethodsOf(JsonElement trigger) =>
        PropertyOf(trigger, "methods") is { ValueKind: JsonValueKind.Array } methods
            ? [.. methods.EnumerateArray().Select(method => method.GetString()!.ToUpperInvariant())]
            : [];

    private static AuthLevel LevelOf(string name, string? text)
    {
        if (text is null)
            return AuthLevel.Function;
        return Enum.TryParse<AuthLevel>(text, ignoreCase: true, out var level)
            ? level
            : throw new FunctionsHostException($"The function '{name}' has the unknown authLevel '{text}'.");
    }

    private static bool IsOfType(JsonElement binding, string type) =>
        string.Equals(TextOf(binding, "type"), type, StringComparison.OrdinalIgnoreCase);

    private static string? TextOf(JsonElement binding, string property) =>
        PropertyOf(binding, property) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    private static JsonElement? PropertyOf(JsonElement binding, string name)
    {
        foreach (var property in binding.EnumerateObject())
        {
            if (property.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                return property.Value;
        }

        return null;
    }
}
