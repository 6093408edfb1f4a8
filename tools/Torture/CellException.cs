namespace Torture;

/// <summary>Thrown when a cell fails; the message gives the expected and the actual value.</summary>
internal sealed class CellException(string message) : Exception(message);
