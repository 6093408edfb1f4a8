using System.CommandLine;

namespace Worker.Commands.Setup;

/// <summary>The input of <see cref="Systems.OutsideSystem.SetUpAsync"/>: one run of <c>setup</c>.</summary>
/// <param name="Host">Settings, connections and services.</param>
/// <param name="Arguments">The values of the system's own <see cref="Systems.OutsideSystem.SetupOptions"/>.</param>
public sealed record SetupContext(CommandHost Host, ParseResult Arguments)
{
    /// <summary>Prints the objects created in one part; an empty list means that all of them existed.</summary>
    public void PrintCreated(string part, IReadOnlyList<string> created) =>
        Host.Output.WriteLine($"{part}: {(created.Count == 0 ? "up to date" : string.Join(", ", created))}");
}
