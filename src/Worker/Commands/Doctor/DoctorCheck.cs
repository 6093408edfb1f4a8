namespace Worker.Commands.Doctor;

/// <summary>One check of <c>doctor</c>: one question to one system.</summary>
/// <param name="Name">The name in the report.</param>
/// <param name="RunAsync">Runs the check.</param>
/// <param name="DefaultRemedy">The remedy when the check throws instead of returning a result.</param>
/// <param name="Needs">The name of the check without which this one has no answer; null: it is always asked.</param>
public sealed record DoctorCheck(
    string Name, Func<CancellationToken, Task<DoctorResult>> RunAsync, string DefaultRemedy,
    string? Needs = null);
