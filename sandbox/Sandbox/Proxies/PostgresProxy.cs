using System.Net;
using System.Net.Sockets;
using Sandbox.Hosting;

namespace Sandbox.Proxies;

/// <summary>
/// Proxy in front of a real PostgreSQL, on 127.0.0.1, with the same faults and journal as the stand-ins. It parses the
/// part of the protocol that identifies the statements, and relays the rest.
/// </summary>
internal sealed class PostgresProxy : IAsyncDisposable
{
    private readonly TcpListener listener;
    private readonly DnsEndPoint upstream;
    private readonly StandInContext context;
    private readonly HashSet<PostgresCaller> callers = [];
    private readonly List<Task> sessions = [];
    private readonly Task accepting;

    private PostgresProxy(TcpListener listener, DnsEndPoint upstream, StandInContext context)
    {
        this.listener = listener;
        this.upstream = upstream;
        this.context = context;
        accepting = AcceptAsync();
    }

    /// <summary>Host and port.</summary>
    public string Address => $"{listener.LocalEndpoint}";

    /// <exception cref="SandboxException">The port is in use.</exception>
    public static PostgresProxy Start(int port, DnsEndPoint upstream, StandInContext context)
    {
        var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw SandboxException.PortTaken("postgres", port);
        }

        return new PostgresProxy(listener, upstream, context);
    }

    public async ValueTask DisposeAsync()
    {
        listener.Dispose();
        await accepting;
        lock (callers)
        {
            foreach (var caller in callers)
                caller.Reset();
        }

        await Task.WhenAll(sessions);
    }

    private async Task AcceptAsync()
    {
        try
        {
            for (; ; )
            {
                var socket = await listener.AcceptSocketAsync();
                sessions.RemoveAll(session => session.IsCompletedSuccessfully);
                sessions.Add(ServeAsync(new PostgresCaller(socket)));
            }
        }
        catch (Exception e) when (e is SocketException or InvalidOperationException)
        {
            // The sandbox stops: the listener was closed, either during the wait or between two callers.
        }
    }

    private async Task ServeAsync(PostgresCaller caller)
    {
        lock (callers)
            callers.Add(caller);
        await using (caller)
            await new PostgresSession(caller, upstream, context.Faults, context.Journal).RunAsync();
        lock (callers)
            callers.Remove(caller);
    }
}
