namespace Worker.Commands.Doctor;

/// <summary>The result of one check of <c>doctor</c>.</summary>
/// <param name="Message">One line for a person.</param>
/// <param name="Remedy">The instruction that solves the problem; null when there is none.</param>
public sealed record DoctorResult(string Message, string? Remedy)
{
    public static DoctorResult Ok(string message) => new(message, null);

    public static DoctorResult Problem(string message, string remedy) => new(message, remedy);
}
