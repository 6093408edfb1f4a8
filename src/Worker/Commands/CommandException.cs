namespace Worker.Commands;

/// <summary>A command cannot complete; the message gives the reason and the remedy for the operator.</summary>
internal sealed class CommandException(string message) : Exception(message);
