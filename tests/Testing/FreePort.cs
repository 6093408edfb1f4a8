using System.Net;
using System.Net.Sockets;

namespace Testing;

/// <summary>Finds a port of the loopback interface for a process that cannot choose its own.</summary>
public static class FreePort
{
    /// <summary>Returns a port that was free just now.</summary>
    public static int Find()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
