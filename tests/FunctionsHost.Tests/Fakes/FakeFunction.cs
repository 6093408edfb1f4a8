using System.Text.Json;

namespace FunctionsHost.Tests.Fakes;

/// <summary>A function as a worker announces it.</summary>
internal sealed record FakeFunction(string Name, string? Route = null, params string[] Methods)
{
    public string AuthLevel { get; init; } = "Anonymous";

    public IEnumerable<string> Bindings =>
    [
        JsonSerializer.Serialize(new
        {
            name = "req",
            type = "httpTrigger",
            direction = "In",
            authLevel = AuthLevel,
            methods = Methods.Length == 0 ? null : Methods,
            route = Route,
        }),
        """{ "name": "$return", "type": "http", "direction": "Out" }""",
    ];
}
