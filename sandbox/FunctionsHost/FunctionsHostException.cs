namespace FunctionsHost;

/// <summary>The host or its function app cannot start; the message gives the cause and a remedy.</summary>
public sealed class FunctionsHostException(string message, Exception? cause = null) : Exception(message, cause);
