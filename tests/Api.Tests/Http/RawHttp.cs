using System.Net.Sockets;
using System.Text;

namespace Api.Tests.Http;

/// <summary>Sends requests over a socket, because an HTTP client sends only well-formed ones.</summary>
internal static class RawHttp
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    /// <summary>Sends the whole request before it reads the answer, and returns the answer with its headers.</summary>
    public static async Task<string> SendAsync(
        this ApiApplication app, string line, byte[] body, params string[] headers)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var socket = await ConnectAsync(app);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(await HeadAsync(app, line, [.. headers, "Connection: close"]), cancellationToken);
        await stream.WriteAsync(body, cancellationToken);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(cancellationToken);
    }

    /// <summary>Sends the head of a request and the beginning of its body, and leaves.</summary>
    public static async Task LeaveAsync(this ApiApplication app, string line, byte[] body, params string[] headers)
    {
        using var socket = await ConnectAsync(app);
        await socket.GetStream().WriteAsync(
            (byte[])[.. await HeadAsync(app, line, headers), .. body], TestContext.Current.CancellationToken);
    }

    /// <summary>Sends bytes that may be no request. A server that waits for more learns that it is all.</summary>
    /// <returns>The answer; empty if the server closes the connection without one.</returns>
    public static async Task<string> SendBytesAsync(this ApiApplication app, byte[] request)
    {
        using var socket = await ConnectAsync(app);
        await using var stream = socket.GetStream();
        var answer = new MemoryStream();
        try
        {
            await stream.WriteAsync(request, TestContext.Current.CancellationToken);
            var reading = stream.CopyToAsync(answer, TestContext.Current.CancellationToken);
            await reading.WaitAsync(Patience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!reading.IsCompleted)
            {
                socket.Client.Shutdown(SocketShutdown.Send);
            }

            await reading;
        }
        catch (IOException e) when (e.InnerException is SocketException)
        {
            // The server closed the connection before it had read everything.
        }

        return Encoding.Latin1.GetString(answer.ToArray());
    }

    private static async Task<TcpClient> ConnectAsync(ApiApplication app)
    {
        var address = await app.AddressAsync();
        var socket = new TcpClient();
        await socket.ConnectAsync(address.Host, address.Port, TestContext.Current.CancellationToken);
        return socket;
    }

    private static async Task<byte[]> HeadAsync(ApiApplication app, string line, params string[] headers) =>
        Encoding.ASCII.GetBytes(string.Join("\r\n",
            [line, $"Host: {(await app.AddressAsync()).Authority}", .. headers, "", ""]));
}
