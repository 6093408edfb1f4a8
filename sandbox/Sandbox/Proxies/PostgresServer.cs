using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;

namespace Sandbox.Proxies;

/// <summary>
/// Connection to the real server on behalf of one caller. Answers are relayed to the caller as they arrive.
/// </summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private readonly Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly PostgresCaller caller;
    private TaskCompletionSource answered = NewAnswer();
    private Task relaying = Task.CompletedTask;
    private MemoryStream? heldAnswer;

    private PostgresServer(PostgresCaller caller) => this.caller = caller;

    /// <summary>
    /// Transaction status after the last answer: I idle, T in a transaction, E in a failed transaction.
    /// </summary>
    public char TransactionStatus { get; private set; } = 'I';

    /// <summary>Whether the last call raised an error, or the server disconnected without an answer.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>Whether answers are discarded instead of relayed.</summary>
    public bool IsMuted { get; set; }

    /// <exception cref="SocketException">The server cannot be reached.</exception>
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
            HasFailed = true;
        }
    }

    /// <summary>Sends a call, and waits until the server has answered it or has disconnected.</summary>
    public async Task CallAsync(ReadOnlyMemory<byte> bytes)
    {
        answered = NewAnswer();
        HasFailed = false;
        await SendAsync(bytes);
        await Task.WhenAny(answered.Task, relaying);
        HasFailed |= !answered.Task.IsCompleted;
    }

    /// <summary>Holds the server's answer until <see cref="ReleaseAnswerAsync"/>.</summary>
    public void HoldAnswer() => heldAnswer = new MemoryStream();

    /// <summary>Sends the held answer; returns false if the caller has disconnected.</summary>
    public async Task<bool> ReleaseAnswerAsync()
    {
        await using var answer = heldAnswer!;
        heldAnswer = null;
        return await caller.SendAsync(answer.ToArray());
    }

    public async ValueTask DisposeAsync()
    {
        socket.Dispose();
        await relaying;
        if (heldAnswer is not null)
            await heldAnswer.DisposeAsync();
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
                var (end, isAnswered) = Scan(read.Buffer);
                var messages = read.Buffer.Slice(0, end).ToArray();
                if (heldAnswer is not null)
                    heldAnswer.Write(messages);
                else if (!IsMuted)
                    IsMuted = !await caller.SendAsync(messages);
                reader.AdvanceTo(end, read.Buffer.End);
                if (isAnswered)
                    answered.TrySetResult();
                if (read.IsCompleted)
                    break;
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidDataException)
        {
            // The server was killed, does not use PostgreSQL's protocol, or the caller has closed the session.
        }

        await reader.CompleteAsync();
        caller.Close();
    }

    // Returns the end of the complete messages in the buffer, and whether one of them makes the server wait for the
    // caller: Z (ReadyForQuery), or G and W (ready to receive rows).
    private (SequencePosition End, bool IsAnswered) Scan(ReadOnlySequence<byte> buffer)
    {
        var isAnswered = false;
        while (PostgresMessage.FindLength(buffer, isFirst: false) is { } length)
        {
            var type = (char)buffer.FirstSpan[0];
            HasFailed |= type == 'E';
            isAnswered |= type is 'Z' or 'G' or 'W';
            if (type == 'Z')
                TransactionStatus = (char)buffer.Slice(5, 1).FirstSpan[0];
            buffer = buffer.Slice(length);
        }

        return (buffer.Start, isAnswered);
    }
}
