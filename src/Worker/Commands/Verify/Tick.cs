namespace Worker.Commands.Verify;

/// <summary>The result of one check of <c>verify</c>, read from the system itself.</summary>
/// <param name="Name">The subject, such as <c>realm</c>.</param>
/// <param name="Detail">One line for a person.</param>
public sealed record Tick(string Name, TickState State, string Detail)
{
    public bool IsSuccess => State is TickState.Green or TickState.Skipped;

    public static Tick Of(string name, bool isGreen, string detail) =>
        new(name, isGreen ? TickState.Green : TickState.Red, detail);

    /// <summary>Green without problems; otherwise red, with all of them.</summary>
    public static Tick Of(string name, string subject, IReadOnlyList<string> problems) => problems.Count == 0
        ? Of(name, true, subject)
        : Of(name, false, $"{subject}: {string.Join(", ", problems)}");
}

public enum TickState
{
    Green = 1,
    Red,

    /// <summary>The step is switched off, so there is nothing to read.</summary>
    Skipped,

    /// <summary>Unknown, which is no success.</summary>
    NotTried,
}

/// <summary>One check of <c>verify</c>.</summary>
/// <param name="Name">The subject, as in its tick.</param>
/// <param name="Step">The id of the step that makes it; the check is skipped with the step. Null: always made.</param>
public sealed record VerifyCheck(string Name, string? Step, Func<CancellationToken, Task<Tick>> AskAsync);
