using System.Net;
using System.Net.Sockets;
using Sandbox.Hosting;

namespace Sandbox.Tests.Proxies;

/// <summary>
/// The server, the proxy or the caller may disconnect at any time: every session ends.
/// </summary>
public sealed class PostgresShutdownTests : IAsyncLifetime
{
    // Version 3.0 and the user "x".
    private static readonly byte[] Startup = [0, 0, 0, 16, 0, 3, 0, 0, .. "user\0x\0\0"u8];
    private static readonly byte[] Query = [.. "Q"u8, 0, 0, 0, 13, .. "SELECT 1\0"u8];
    private static readonly byte[] Ready = [.. "Z"u8, 0, 0, 0, 5, .. "I"u8];

    private readonly TcpListener server = new(IPAddress.Loopback, 0);
    private SandboxHost? sandbox;

    public async ValueTask InitializeAsync()
    {
        server.Start();
        sandbox = await SandboxHost.StartAsync(SandboxOptions.OnFreePorts with
        {
            KeycloakPort = null,
            S3Port = null,
            TemporalPort = null,
            PostgresUpstream = new DnsEndPoint("127.0.0.1", ((IPEndPoint)server.LocalEndpoint).Port),
        });
    }

    public async ValueTask DisposeAsync()
    {
        // A second disposal, after one by a test, has no effect.
        if (sandbox is not null)
            await sandbox.DisposeAsync();
        server.Dispose();
    }

    [Fact(Timeout = 60_000)]
    public async Task A_server_that_disconnects_during_a_call_leaves_no_open_session()
    {
        for (var round = 0; round < 500; round++)
        {
            var (caller, session) = await OpenAsync(sandbox!);
            using (caller)
            {
                var query = Task.Run(() => QueryUntilDisconnectedAsync(caller, TestContext.Current.CancellationToken));
                session.Dispose();
                await query;
            }
        }

        await StopProxyAsync(TestContext.Current.CancellationToken);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_session_ends_if_the_server_uses_another_protocol()
    {
        var (caller, session) = await OpenAsync(sandbox!);
        using (caller)
        using (session)
        {
            await session.SendAsync(new byte[5]);
            await QueryUntilDisconnectedAsync(caller, TestContext.Current.CancellationToken);
        }

        await StopProxyAsync(TestContext.Current.CancellationToken);
    }

    [Fact(Timeout = 60_000)]
    public async Task The_server_and_the_proxy_can_stop_at_the_same_time()
    {
        for (var round = 0; round < 100; round++)
        {
            var stopping = await SandboxHost.StartAsync(sandbox!.Options);
            var sessions = new List<(Socket Caller, Socket Server)>();
            for (var number = 0; number < 5; number++)
                sessions.Add(await OpenAsync(stopping));

            var disconnecting = Task.Run(() => sessions.ForEach(session => session.Server.Dispose()));
            await stopping.DisposeAsync().AsTask().WaitAsync(TestContext.Current.CancellationToken);

            await disconnecting;
            sessions.ForEach(session => session.Caller.Dispose());
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task New_callers_are_refused_while_the_proxy_stops()
    {
        for (var round = 0; round < 100; round++)
        {
            var stopping = await SandboxHost.StartAsync(sandbox!.Options);
            var proxy = IPEndPoint.Parse(stopping.Postgres!);
            var callers = Enumerable.Range(0, 4).Select(_ =>
                Task.Run(() => ConnectUntilRefusedAsync(proxy, TestContext.Current.CancellationToken))).ToList();
            await stopping.DisposeAsync();
            await Task.WhenAll(callers);
        }
    }

    private static async Task ConnectUntilRefusedAsync(IPEndPoint proxy, CancellationToken cancellationToken)
    {
        try
        {
            for (; ; )
            {
                using var caller = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await caller.ConnectAsync(proxy, cancellationToken);
            }
        }
        catch (SocketException)
        {
            // The proxy no longer listens.
        }
    }

    // Returns both ends of a session in which the server has reported that it is ready.
    private async Task<(Socket Caller, Socket Server)> OpenAsync(SandboxHost host)
    {
        var caller = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await caller.ConnectAsync(IPEndPoint.Parse(host.Postgres!));
        await caller.SendAsync(Startup);
        var session = await server.AcceptSocketAsync();
        await ReadAsync(session, Startup.Length);
        await session.SendAsync(Ready);
        await ReadAsync(caller, Ready.Length);
        return (caller, session);
    }

    // The proxy waits for its sessions before it stops.
    private Task StopProxyAsync(CancellationToken cancellationToken) =>
        sandbox!.DisposeAsync().AsTask().WaitAsync(cancellationToken);

    private static async Task ReadAsync(Socket socket, int length)
    {
        for (var rest = length; rest > 0;)
        {
            var read = await socket.ReceiveAsync(new byte[rest]);
            Assert.NotEqual(0, read);
            rest -= read;
        }
    }

    // The connection may end at any time, also with a reset.
    private static async Task QueryUntilDisconnectedAsync(Socket caller, CancellationToken cancellationToken)
    {
        try
        {
            await caller.SendAsync(Query);
            Assert.Equal(0, await caller.ReceiveAsync(new byte[1], cancellationToken));
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown)
        {
            // The connection has ended.
        }
    }
}
