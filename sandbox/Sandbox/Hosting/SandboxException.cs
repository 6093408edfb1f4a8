using Microsoft.AspNetCore.Connections;

namespace Sandbox.Hosting;

/// <summary>The sandbox cannot start; the message gives the cause and a remedy.</summary>
public sealed class SandboxException(string message) : Exception(message)
{
    internal static bool IsPortTaken(IOException e) => e.InnerException is AddressInUseException;

    internal static SandboxException PortTaken(string system, int port) => new(
        $"Port {port} for {system} is in use. Stop the process that listens on it, or choose another port with " +
        $"--{system}-port N (0 selects a free one).");
}
