namespace Worker.Commands.Doctor;

/// <summary>What one check found. A red one says what to do.</summary>
/// <param name="Remedy">Null when all is well.</param>
internal sealed record Finding(string Message, string? Remedy)
{
    public static Finding Well(string message) => new(message, null);

    public static Finding Trouble(string message, string remedy) => new(message, remedy);
}

/// <summary>One question to one system.</summary>
/// <param name="OtherwiseTry">The remedy for a failure that the check itself does not know.</param>
internal sealed record Check(string Name, Func<CancellationToken, Task<Finding>> AskAsync, string OtherwiseTry);
