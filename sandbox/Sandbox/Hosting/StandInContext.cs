using System.Net;
using Sandbox.Control;

namespace Sandbox.Hosting;

/// <summary>
/// Shared state of the stand-ins: the clock, the faults, the journal, the data folder and the address to listen on.
/// </summary>
internal sealed record StandInContext(
    TimeProvider Time, Faults Faults, Journal Journal, string? DataDirectory, IPAddress Listen)
{
    public static StandInContext Of(SandboxOptions options)
    {
        var journal = options.DataDirectory is { } directory ? Path.Combine(directory, "journal.db") : null;
        return new StandInContext(
            options.TimeProvider,
            new Faults(options.TimeProvider),
            new Journal(journal, options.TimeProvider),
            options.DataDirectory,
            options.Listen);
    }

    /// <summary>Returns the path of a file in the data folder; null if the state is kept in memory.</summary>
    public string? FileOf(string name) => DataDirectory is null ? null : Path.Combine(DataDirectory, name);
}
