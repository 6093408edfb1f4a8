using System.Net;
using System.Net.Sockets;
using Sandbox.Hosting;

namespace Sandbox.Tests.Proxies;

/// <summary>
/// Whoever goes, the server, the proxy or the caller, and at whatever moment: no session is left that nobody could end.
/// </summary>
public sealed class EndingPostgresTests : IAsyncLifetime
{
    // Version 3.0 and the user "x".
    private static readonly byte[] Startup = [0, 0, 0, 16, 0, 3, 0, 0, .. "user\0x\0\0"u8];
    private static readonly byte[] Query = [.. "Q"u8, 0, 0, 0, 13, .. "SELECT 1\0"u8];
    private static readonly byte[] Ready = [.. "Z"u8, 0, 0, 0, 5, .. "I"u8];

    private readonly TcpListener server = new(IPAddress.Loopback, 0);
    private SandboxHost? front;

    public async ValueTask InitializeAsync()
    {
        server.Start();
        front = await SandboxHost.StartAsync(SandboxOptions.OnFreePorts with
        {
            KeycloakPort = null,
            S3Port = null,
            TemporalPort = null,
            PostgresUpstream = new DnsEndPoint("127.0.0.1", ((IPEndPoint)server.LocalEndpoint).Port),
        });
    }

    public async ValueTask DisposeAsync()
    {
        // Where a test has ended it already, nothing is left to end.
        if (front is not null)
            await front.DisposeAsync();
        server.Dispose();
    }

    [Fact(Timeout = 60_000)]
    public async Task A_server_that_leaves_while_it_is_asked_leaves_no_session_behind()
    {
        for (var round = 0; round < 500; round++)
        {
            var (caller, session) = await OpenAsync(front!);
            using (caller)
            {
                var asking = Task.Run(() => AskToTheEndAsync(caller, TestContext.Current.CancellationToken));
                session.Dispose();
                await asking;
            }
        }

        await SessionsEndAsync(TestContext.Current.CancellationToken);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_server_that_answers_in_another_protocol_is_cut()
    {
        var (caller, session) = await OpenAsync(front!);
        using (caller)
        using (session)
        {
            await session.SendAsync(new byte[5]);
            await AskToTheEndAsync(caller, TestContext.Current.CancellationToken);
        }

        await SessionsEndAsync(TestContext.Current.CancellationToken);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_server_and_a_proxy_that_end_at_the_same_time_do_not_get_into_each_others_way()
    {
        for (var round = 0; round < 100; round++)
        {
            var ending = await SandboxHost.StartAsync(front!.Options);
            var sessions = new List<(Socket Caller, Socket Server)>();
            for (var number = 0; number < 5; number++)
                sessions.Add(await OpenAsync(ending));

            var leaving = Task.Run(() => sessions.ForEach(session => session.Server.Dispose()));
            await ending.DisposeAsync().AsTask().WaitAsync(TestContext.Current.CancellationToken);

            await leaving;
            sessions.ForEach(session => session.Caller.Dispose());
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task Callers_that_come_while_the_proxy_ends_are_turned_away()
    {
        for (var round = 0; round < 100; round++)
        {
            var ending = await SandboxHost.StartAsync(front!.Options);
            var proxy = IPEndPoint.Parse(ending.Postgres!);
            var calling = Enumerable.Range(0, 4).Select(_ =>
                Task.Run(() => CallUntilRefusedAsync(proxy, TestContext.Current.CancellationToken))).ToList();
            await ending.DisposeAsync();
            await Task.WhenAll(calling);
        }
    }

    private static async Task CallUntilRefusedAsync(IPEndPoint proxy, CancellationToken limit)
    {
        try
        {
            for (; ; )
            {
                using var caller = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await caller.ConnectAsync(proxy, limit);
            }
        }
        catch (SocketException)
        {
            // That was it.
        }
    }

    // Both ends of a session in which the server has said that it is ready.
    private async Task<(Socket Caller, Socket Server)> OpenAsync(SandboxHost sandbox)
    {
        var caller = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await caller.ConnectAsync(IPEndPoint.Parse(sandbox.Postgres!));
        await caller.SendAsync(Startup);
        var session = await server.AcceptSocketAsync();
        await ReadAsync(session, Startup.Length);
        await session.SendAsync(Ready);
        await ReadAsync(caller, Ready.Length);
        return (caller, session);
    }

    // The proxy waits for each before it ends.
    private Task SessionsEndAsync(CancellationToken limit) => front!.DisposeAsync().AsTask().WaitAsync(limit);

    private static async Task ReadAsync(Socket socket, int length)
    {
        for (var rest = length; rest > 0;)
        {
            var read = await socket.ReceiveAsync(new byte[rest]);
            Assert.NotEqual(0, read);
            rest -= read;
        }
    }

    // The end may come at any moment, also with a reset.
    private static async Task AskToTheEndAsync(Socket caller, CancellationToken limit)
    {
        try
        {
            await caller.SendAsync(Query);
            Assert.Equal(0, await caller.ReceiveAsync(new byte[1], limit));
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown)
        {
            // That was it.
        }
    }
}
