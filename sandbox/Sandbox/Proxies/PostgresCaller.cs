using System.IO.Pipelines;
using System.Net.Sockets;

namespace Sandbox.Proxies;

/// <summary>
/// Connection of a caller. Its input is read continuously, so that a disconnect is noticed even while a fault holds a
/// call.
/// </summary>
internal sealed class PostgresCaller : IAsyncDisposable
{
    private readonly Pipe input = new(new PipeOptions(pauseWriterThreshold: 0));
    private readonly CancellationTokenSource disconnected = new();
    private readonly Socket socket;
    private readonly Task reading;

    public PostgresCaller(Socket socket)
    {
        this.socket = socket;
        socket.NoDelay = true;
        reading = ReadAsync();
    }

    public PipeReader Input => input.Reader;

    /// <summary>Token that is cancelled when the caller closes its side of the connection.</summary>
    public CancellationToken Disconnected => disconnected.Token;

    /// <summary>Sends bytes to the caller; returns false if it has disconnected.</summary>
    public async ValueTask<bool> SendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            for (var rest = bytes; rest.Length > 0;)
                rest = rest[await socket.SendAsync(rest)..];
            return true;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>Closes the connection after delivery of the bytes sent so far.</summary>
    public void Close() => socket.Dispose();

    /// <summary>Closes the connection with a reset: the caller cannot know the outcome of its call.</summary>
    public void Reset() => socket.Close(timeout: 0);

    public async ValueTask DisposeAsync()
    {
        socket.Dispose();
        await reading;
        disconnected.Dispose();
    }

    private async Task ReadAsync()
    {
        try
        {
            int length;
            while ((length = await socket.ReceiveAsync(input.Writer.GetMemory(16_384))) > 0)
            {
                input.Writer.Advance(length);
                await input.Writer.FlushAsync();
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // One side has closed the connection.
        }

        await input.Writer.CompleteAsync();
        await disconnected.CancelAsync();
    }
}
