namespace Worker.Commands;

/// <summary>A command could not do its work; the message says why and what to do.</summary>
internal sealed class CommandException(string message) : Exception(message);
