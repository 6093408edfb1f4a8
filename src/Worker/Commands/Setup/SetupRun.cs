using System.CommandLine;

namespace Worker.Commands.Setup;

/// <summary>One run of <c>setup</c>, as each outside system sees it.</summary>
/// <param name="Host">Settings, connections and clients.</param>
/// <param name="Arguments">The values of the system's own <c>SetupOptions</c>.</param>
public sealed record SetupRun(CommandHost Host, ParseResult Arguments)
{
    /// <summary>Prints what was made in one part; an empty list means that everything was there.</summary>
    public void Tell(string part, IReadOnlyList<string> made) =>
        Host.Output.WriteLine($"{part}: {(made.Count == 0 ? "there" : string.Join(", ", made))}");
}
