namespace Worker.Commands.Doctor;

/// <summary>The result of one check of <c>doctor</c>.</summary>
/// <param name="Message">One line for a person.</param>
/// <param name="Remedy">The instruction that solves the problem; null when there is none.</param>
/// <param name="IsOff">Whether the subject is switched off, which is no problem.</param>
public sealed record DoctorResult(string Message, string? Remedy, bool IsOff = false)
{
    public static DoctorResult Ok(string message) => new(message, null);

    public static DoctorResult Off(string message) => new(message, null, IsOff: true);

    public static DoctorResult Problem(string message, string remedy) => new(message, remedy);
}
