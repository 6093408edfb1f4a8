using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Text;

namespace Sandbox.Proxies;

/// <summary>
/// Message of PostgreSQL's protocol: a type byte (absent in the first message of a connection), a length, fields.
/// https://www.postgresql.org/docs/current/protocol-message-formats.html
/// </summary>
/// <param name="Type">The type byte; 0 for the first message of a connection.</param>
/// <param name="Bytes">The whole message as on the wire.</param>
internal readonly record struct PostgresMessage(byte Type, ReadOnlyMemory<byte> Bytes)
{
    public const int SslRequest = 80877103;
    public const int GssRequest = 80877104;
    public const int CancelRequest = 80877102;

    /// <summary>Code at the start of a first message: the protocol's version, or the code of a request.</summary>
    public int Code => BinaryPrimitives.ReadInt32BigEndian(Bytes.Span[4..]);

    /// <summary>Reader for the fields after type and length.</summary>
    public PostgresFields Fields => new(Bytes[(Type == 0 ? 4 : 5)..]);

    /// <summary>
    /// Creates a query that fails with this SQLSTATE. It replaces another query, so that the error comes from the
    /// server and the session is in the state that the server sets after an error.
    /// </summary>
    public static byte[] CreateError(string sqlState)
    {
        var query = $"DO $$BEGIN RAISE EXCEPTION USING ERRCODE = '{sqlState}', "
            + "MESSAGE = 'a fault of the sandbox'; END$$\0";
        var message = new byte[5 + query.Length];
        message[0] = (byte)'Q';
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(1), 4 + query.Length);
        Encoding.ASCII.GetBytes(query, message.AsSpan(5));
        return message;
    }

    /// <summary>Reads the next message; returns null at the end of the stream.</summary>
    public static async ValueTask<PostgresMessage?> ReadAsync(PipeReader reader, bool isFirst)
    {
        for (; ; )
        {
            var read = await reader.ReadAsync();
            if (FindLength(read.Buffer, isFirst) is { } length)
            {
                var bytes = read.Buffer.Slice(0, length).ToArray();
                reader.AdvanceTo(read.Buffer.GetPosition(length));
                return new PostgresMessage(isFirst ? (byte)0 : bytes[0], bytes);
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (read.IsCompleted)
                return null;
        }
    }

    /// <summary>Returns the length of the first message in the buffer; null if it is incomplete.</summary>
    /// <exception cref="InvalidDataException">The bytes are not PostgreSQL's protocol.</exception>
    public static long? FindLength(ReadOnlySequence<byte> buffer, bool isFirst)
    {
        var typeLength = isFirst ? 0 : 1;
        var reader = new SequenceReader<byte>(buffer);
        reader.Advance(Math.Min(typeLength, buffer.Length));
        if (!reader.TryReadBigEndian(out int length))
            return null;
        if (length < 4)
            throw new InvalidDataException("The bytes are not PostgreSQL's protocol.");
        return buffer.Length >= typeLength + length ? typeLength + length : null;
    }
}

/// <summary>Reads the fields of a message in sequence.</summary>
internal sealed class PostgresFields(ReadOnlyMemory<byte> bytes)
{
    private ReadOnlyMemory<byte> rest = bytes;

    public string ReadText()
    {
        var end = rest.Span.IndexOf((byte)0);
        return Encoding.UTF8.GetString(Take(end + 1).Span[..end]);
    }

    public short ReadInt16() => BinaryPrimitives.ReadInt16BigEndian(Take(2).Span);

    public int ReadInt32() => BinaryPrimitives.ReadInt32BigEndian(Take(4).Span);

    public short[] ReadInt16Array() => [.. Enumerable.Range(0, ReadInt16()).Select(_ => ReadInt16())];

    public int[] ReadInt32Array() => [.. Enumerable.Range(0, ReadInt16()).Select(_ => ReadInt32())];

    /// <summary>Reads values with a length prefix, which is -1 for NULL.</summary>
    public ReadOnlyMemory<byte>[] ReadValues() =>
        [.. Enumerable.Range(0, ReadInt16()).Select(_ => ReadInt32()).Select(length => Take(Math.Max(length, 0)))];

    private ReadOnlyMemory<byte> Take(int length)
    {
        var taken = rest[..length];
        rest = rest[length..];
        return taken;
    }
}
