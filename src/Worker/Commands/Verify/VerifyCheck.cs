namespace Worker.Commands.Verify;

/// <summary>One check of <c>verify</c>.</summary>
/// <param name="Name">The subject, as in the result.</param>
/// <param name="Step">
/// The id of the step that creates the subject; the check is skipped when the step was. Null: it always runs.
/// </param>
/// <param name="RunAsync">Runs the check.</param>
public sealed record VerifyCheck(string Name, string? Step, Func<CancellationToken, Task<VerifyResult>> RunAsync);
