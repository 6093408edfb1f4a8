using System.Net;
using System.Net.Sockets;

namespace FunctionsHost.Http;

/// <summary>
/// The port of the host, taken before the worker starts: it refuses connections until the server listens on it.
/// </summary>
internal sealed class PublicPort : IDisposable
{
    private readonly Socket socket;

    private PublicPort(Socket socket) => this.socket = socket;

    public IPEndPoint EndPoint => (IPEndPoint)socket.LocalEndPoint!;

    /// <exception cref="FunctionsHostException">The port is in use.</exception>
    public static PublicPort Take(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return new PublicPort(socket);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new FunctionsHostException(
                $"Port {port} is unavailable. Stop the process that listens on it, or name another port: --port N.", e);
        }
    }

    /// <summary>Hands the socket to the server, which listens on it and owns it from then on.</summary>
    public Socket Release() => socket;

    public void Dispose() => socket.Dispose();
}
