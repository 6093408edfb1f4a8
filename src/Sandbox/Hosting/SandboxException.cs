namespace Sandbox.Hosting;

/// <summary>The sandbox cannot start; the message says what was found and what to do.</summary>
public sealed class SandboxException(string message) : Exception(message);
