namespace Worker.Commands.Verify;

/// <summary>The result of one check of <c>verify</c>, read from the system itself.</summary>
/// <param name="Name">The subject, such as <c>realm</c>.</param>
/// <param name="State">The outcome.</param>
/// <param name="Detail">One line for a person.</param>
public sealed record VerifyResult(string Name, VerifyState State, string Detail)
{
    public bool IsSuccess => State is VerifyState.Passed or VerifyState.Skipped;

    public static VerifyResult Of(string name, bool hasPassed, string detail) =>
        new(name, hasPassed ? VerifyState.Passed : VerifyState.Failed, detail);

    /// <summary>Passed without problems; otherwise failed, with all of them in the detail.</summary>
    public static VerifyResult Of(string name, string subject, IReadOnlyList<string> problems) => problems.Count == 0
        ? Of(name, true, subject)
        : Of(name, false, $"{subject}: {string.Join(", ", problems)}");
}

public enum VerifyState
{
    Passed = 1,
    Failed,

    /// <summary>The step is switched off, so there is nothing to read.</summary>
    Skipped,

    /// <summary>Unknown, which is not a success.</summary>
    NotTried,
}
