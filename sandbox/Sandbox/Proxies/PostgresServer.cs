using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;

namespace Sandbox.Proxies;

/// <summary>
/// The connection to the real server on a caller's behalf; its answers go to the caller as they come.
/// </summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private readonly Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly PostgresCaller caller;
    private TaskCompletionSource answered = NewAnswer();
    private Task relaying = Task.CompletedTask;
    private MemoryStream? held;

    private PostgresServer(PostgresCaller caller) => this.caller = caller;

    /// <summary>Of the session after the last answer: I idle, T in a transaction, E in a failed one.</summary>
    public char State { get; private set; } = 'I';

    /// <summary>Whether the last call raised an error, or the server left without an answer.</summary>
    public bool Refused { get; private set; }

    /// <summary>From now on the caller hears nothing.</summary>
    public bool Silent { get; set; }

    /// <exception cref="SocketException">The server does not answer.</exception>
    public static async Task<PostgresServer> ConnectAsync(DnsEndPoint address, PostgresCaller caller)
    {
        var server = new PostgresServer(caller);
        try
        {
            await server.socket.ConnectAsync(address);
            server.relaying = server.RelayAsync();
            return server;
        }
        catch
        {
            server.socket.Dispose();
            throw;
        }
    }

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            for (var rest = bytes; rest.Length > 0;)
                rest = rest[await socket.SendAsync(rest)..];
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            Refused = true;
        }
    }

    /// <summary>Sends a call and waits until the server has done with it, or has left.</summary>
    public async Task CallAsync(ReadOnlyMemory<byte> bytes)
    {
        answered = NewAnswer();
        Refused = false;
        await SendAsync(bytes);
        await Task.WhenAny(answered.Task, relaying);
        Refused |= !answered.Task.IsCompleted;
    }

    /// <summary>What the server says is kept until it is let go.</summary>
    public void HoldAnswer() => held = new MemoryStream();

    /// <summary>False when the caller is gone.</summary>
    public async Task<bool> LetGoAsync()
    {
        await using var kept = held!;
        held = null;
        return await caller.SendAsync(kept.ToArray());
    }

    public async ValueTask DisposeAsync()
    {
        socket.Dispose();
        await relaying;
        if (held is not null)
            await held.DisposeAsync();
    }

    private static TaskCompletionSource NewAnswer() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task RelayAsync()
    {
        var reader = PipeReader.Create(new NetworkStream(socket));
        try
        {
            for (; ; )
            {
                var read = await reader.ReadAsync();
                var (end, isAnswer) = Look(read.Buffer);
                var whole = read.Buffer.Slice(0, end).ToArray();
                if (held is not null)
                    held.Write(whole);
                else if (!Silent)
                    Silent = !await caller.SendAsync(whole);
                reader.AdvanceTo(end, read.Buffer.End);
                if (isAnswer)
                    answered.TrySetResult();
                if (read.IsCompleted)
                    break;
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidDataException)
        {
            // The server was killed, or speaks something else, or the caller is done with it.
        }

        await reader.CompleteAsync();
        caller.Close();
    }

    // The whole messages in the buffer, and whether the server waits for the caller after one of them: Z ready for the
    // next call, G and W ready to be sent rows.
    private (SequencePosition End, bool IsAnswer) Look(ReadOnlySequence<byte> buffer)
    {
        var isAnswer = false;
        while (PostgresMessage.Length(buffer, first: false) is { } length)
        {
            var type = (char)buffer.FirstSpan[0];
            Refused |= type == 'E';
            isAnswer |= type is 'Z' or 'G' or 'W';
            if (type == 'Z')
                State = (char)buffer.Slice(5, 1).FirstSpan[0];
            buffer = buffer.Slice(length);
        }

        return (buffer.Start, isAnswer);
    }
}
