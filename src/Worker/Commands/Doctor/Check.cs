namespace Worker.Commands.Doctor;

/// <summary>What one check found. A red one says what to do.</summary>
/// <param name="Remedy">Null when all is well.</param>
public sealed record CheckResult(string Message, string? Remedy)
{
    public static CheckResult Ok(string message) => new(message, null);

    public static CheckResult Problem(string message, string remedy) => new(message, remedy);
}

/// <summary>One question to one system.</summary>
/// <param name="OtherwiseTry">The remedy for a failure that the check itself does not know.</param>
public sealed record Check(string Name, Func<CancellationToken, Task<CheckResult>> AskAsync, string OtherwiseTry);
