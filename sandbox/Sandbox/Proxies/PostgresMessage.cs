using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Text;

namespace Sandbox.Proxies;

/// <summary>One message of PostgreSQL's protocol: a letter (none in the first one), a length, fields.</summary>
/// <param name="Type">The letter; 0 for the first message of a connection.</param>
/// <param name="Bytes">All of it, as on the wire.</param>
internal readonly record struct PostgresMessage(byte Type, ReadOnlyMemory<byte> Bytes)
{
    public const int SslRequest = 80877103;
    public const int GssRequest = 80877104;
    public const int CancelRequest = 80877102;

    /// <summary>The number that a first message begins with: the protocol's version or a request.</summary>
    public int Code => BinaryPrimitives.ReadInt32BigEndian(Bytes.Span[4..]);

    /// <summary>What follows letter and length.</summary>
    public PostgresFields Fields => new(Bytes[(Type == 0 ? 4 : 5)..]);

    /// <summary>
    /// A query that fails with this code: sent in the place of another one, so that the error is the server's own and
    /// leaves the session as the server would.
    /// </summary>
    public static byte[] Raise(string sqlState)
    {
        var query = $"DO $$BEGIN RAISE EXCEPTION USING ERRCODE = '{sqlState}', "
            + "MESSAGE = 'a fault of the sandbox'; END$$\0";
        var message = new byte[5 + query.Length];
        message[0] = (byte)'Q';
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(1), 4 + query.Length);
        Encoding.ASCII.GetBytes(query, message.AsSpan(5));
        return message;
    }

    /// <summary>The next message; null when there is none any more.</summary>
    public static async ValueTask<PostgresMessage?> ReadAsync(PipeReader reader, bool first)
    {
        for (; ; )
        {
            var read = await reader.ReadAsync();
            if (Length(read.Buffer, first) is { } length)
            {
                var bytes = read.Buffer.Slice(0, length).ToArray();
                reader.AdvanceTo(read.Buffer.GetPosition(length));
                return new PostgresMessage(first ? (byte)0 : bytes[0], bytes);
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (read.IsCompleted)
                return null;
        }
    }

    /// <summary>The length of the message that the buffer begins with; null while it is not all there.</summary>
    /// <exception cref="InvalidDataException">Another protocol is spoken.</exception>
    public static long? Length(ReadOnlySequence<byte> buffer, bool first)
    {
        var before = first ? 0 : 1;
        var reader = new SequenceReader<byte>(buffer);
        reader.Advance(Math.Min(before, buffer.Length));
        if (!reader.TryReadBigEndian(out int length))
            return null;
        if (length < 4)
            throw new InvalidDataException("This is not PostgreSQL's protocol.");
        return buffer.Length >= before + length ? before + length : null;
    }
}

/// <summary>Reads the fields of a message one after the other.</summary>
internal sealed class PostgresFields(ReadOnlyMemory<byte> bytes)
{
    private ReadOnlyMemory<byte> rest = bytes;

    public string Text()
    {
        var end = rest.Span.IndexOf((byte)0);
        return Encoding.UTF8.GetString(Take(end + 1).Span[..end]);
    }

    public short Short() => BinaryPrimitives.ReadInt16BigEndian(Take(2).Span);

    public int Integer() => BinaryPrimitives.ReadInt32BigEndian(Take(4).Span);

    public short[] Shorts() => [.. Enumerable.Range(0, Short()).Select(_ => Short())];

    public int[] Integers() => [.. Enumerable.Range(0, Short()).Select(_ => Integer())];

    /// <summary>Each with its length before it, -1 for NULL.</summary>
    public ReadOnlyMemory<byte>[] Values() =>
        [.. Enumerable.Range(0, Short()).Select(_ => Integer()).Select(length => Take(Math.Max(length, 0)))];

    private ReadOnlyMemory<byte> Take(int length)
    {
        var taken = rest[..length];
        rest = rest[length..];
        return taken;
    }
}
