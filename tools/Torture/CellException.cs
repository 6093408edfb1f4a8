namespace Torture;

/// <summary>A cell is red; the message says what was expected and what was found.</summary>
internal sealed class CellException(string message) : Exception(message);
