using Microsoft.AspNetCore.Connections;

namespace Sandbox.Hosting;

/// <summary>The sandbox cannot start; the message says what was found and what to do.</summary>
public sealed class SandboxException(string message) : Exception(message)
{
    internal static bool IsPortTaken(IOException e) => e.InnerException is AddressInUseException;

    internal static SandboxException PortTaken(string system, int port) => new(
        $"Port {port} for {system} is in use. Stop what listens there, or choose another: --{system}-port N (0 takes " +
        "a free one).");
}
