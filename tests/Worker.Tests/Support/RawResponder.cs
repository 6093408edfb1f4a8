using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Worker.Tests.Support;

/// <summary>Sends the same response to each call and keeps the connection open.</summary>
internal sealed class RawResponder : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource end = new();
    private readonly string answer;

    /// <param name="status">The HTTP status.</param>
    /// <param name="body">In ASCII.</param>
    /// <param name="missing">The number of bytes that Content-Length promises and that are never sent.</param>
    public RawResponder(int status, string body, int missing = 0)
    {
        answer = $"HTTP/1.1 {status} X\r\nContent-Length: {body.Length + missing}\r\n\r\n{body}";
        listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
        _ = ServeAsync();
    }

    public Uri Address { get; }

    public void Dispose()
    {
        end.Cancel();
        end.Dispose();
        listener.Dispose();
    }

    private async Task ServeAsync()
    {
        var stop = end.Token;
        try
        {
            while (true)
            {
                _ = AnswerAsync(await listener.AcceptTcpClientAsync(stop), stop);
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private async Task AnswerAsync(TcpClient caller, CancellationToken stop)
    {
        using (caller)
        {
            var stream = caller.GetStream();
            await stream.ReadAtLeastAsync(new byte[4096], 1, throwOnEndOfStream: false, stop);
            await stream.WriteAsync(Encoding.ASCII.GetBytes(answer), stop);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop);
        }
    }
}
