using Sandbox.Control;

namespace Sandbox.Hosting;

/// <summary>
/// What every stand-in shares: the clock, the faults in front of it, the journal of its calls, the folder.
/// </summary>
internal sealed record StandInContext(TimeProvider Time, Faults Faults, Journal Journal, string? DataDirectory)
{
    public static StandInContext Of(SandboxOptions options)
    {
        var journal = options.DataDirectory is { } directory ? Path.Combine(directory, "journal.db") : null;
        return new StandInContext(
            options.TimeProvider,
            new Faults(options.TimeProvider),
            new Journal(journal, options.TimeProvider),
            options.DataDirectory);
    }

    /// <summary>The path of a file of this name in the folder; null when nothing is kept on disk.</summary>
    public string? FileOf(string name) => DataDirectory is null ? null : Path.Combine(DataDirectory, name);
}
