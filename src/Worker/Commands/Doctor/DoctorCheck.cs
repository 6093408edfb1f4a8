namespace Worker.Commands.Doctor;

/// <summary>One check of <c>doctor</c>: one question to one system.</summary>
/// <param name="Name">The name in the report.</param>
/// <param name="RunAsync">Runs the check.</param>
/// <param name="DefaultRemedy">The remedy when the check throws instead of returning a result.</param>
public sealed record DoctorCheck(
    string Name, Func<CancellationToken, Task<DoctorResult>> RunAsync, string DefaultRemedy);
