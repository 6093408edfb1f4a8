using System.IO.Pipelines;
using System.Net.Sockets;

namespace Sandbox.Proxies;

/// <summary>
/// Who connected. What it sends is read as it comes, so that its leaving is noticed also while a fault holds it.
/// </summary>
internal sealed class PostgresCaller : IAsyncDisposable
{
    private readonly Pipe sent = new(new PipeOptions(pauseWriterThreshold: 0));
    private readonly CancellationTokenSource left = new();
    private readonly Socket socket;
    private readonly Task reading;

    public PostgresCaller(Socket socket)
    {
        this.socket = socket;
        socket.NoDelay = true;
        reading = ReadAsync();
    }

    public PipeReader Sent => sent.Reader;

    /// <summary>Ends when it has closed its side.</summary>
    public CancellationToken Left => left.Token;

    /// <summary>False when it is gone.</summary>
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

    /// <summary>What was sent arrives first.</summary>
    public void Close() => socket.Dispose();

    /// <summary>Closes with a reset: what was under way stays unknown.</summary>
    public void Cut() => socket.Close(timeout: 0);

    public async ValueTask DisposeAsync()
    {
        socket.Dispose();
        await reading;
        left.Dispose();
    }

    private async Task ReadAsync()
    {
        try
        {
            int length;
            while ((length = await socket.ReceiveAsync(sent.Writer.GetMemory(16_384))) > 0)
            {
                sent.Writer.Advance(length);
                await sent.Writer.FlushAsync();
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Cut from one side or the other: it is gone, and that is all there is to know.
        }

        await sent.Writer.CompleteAsync();
        await left.CancelAsync();
    }
}
