using System.Globalization;
using System.Text;

namespace Sandbox.S3.Signing;

/// <summary>
/// A body in S3's framing (Content-Encoding: aws-chunked): for each chunk its size, its data and, unless unsigned, its
/// signature, which is chained to the previous one.
/// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
/// </summary>
internal sealed class ChunkedBody(byte[] wire, SignedRequest request, bool isSigned)
{
    private readonly List<byte> data = new(wire.Length);
    private string previousSignature = request.Signature;
    private int position;

    /// <summary>Headers sent after the data, such as x-amz-checksum-crc32.</summary>
    public Dictionary<string, string> Trailers { get; } = new(StringComparer.OrdinalIgnoreCase);

    public byte[] Decode(bool hasTrailers)
    {
        while (ReadChunk() > 0)
        {
        }

        if (hasTrailers)
            ReadTrailers();
        else
            Expect("");
        if (position != wire.Length)
            throw Incomplete("there are bytes after the last chunk");
        return [.. data];
    }

    private int ReadChunk()
    {
        var (size, extension) = SizeAndExtension(ReadLine());
        if (size > wire.Length - position)
            throw Incomplete($"a chunk of {size} bytes is cut off");
        var chunk = wire.AsSpan(position, size);
        if (isSigned)
            Verify(extension.StartsWith("chunk-signature=", StringComparison.Ordinal) ? extension[16..] : "", chunk);
        position += size;
        data.AddRange(chunk);
        if (size > 0)
            Expect("");
        return size;
    }

    private static (int Size, string Extension) SizeAndExtension(string line)
    {
        var parts = line.Split(';', 2);
        return int.TryParse(
            parts[0], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var size) && size >= 0
            ? (size, parts.Length > 1 ? parts[1] : "")
            : throw Incomplete("the size of a chunk is not a hexadecimal number; is the body really aws-chunked?");
    }

    private void Verify(string signature, ReadOnlySpan<byte> chunk)
    {
        previousSignature = request.Signer.SignChunk(previousSignature, chunk);
        if (!Signer.IsSame(previousSignature, signature))
            throw SignedRequest.Mismatch();
    }

    private void ReadTrailers()
    {
        var canonical = new StringBuilder();
        string? signature = null;
        for (var line = ReadLine(); line.Length > 0; line = ReadLine())
        {
            if (line.Split(':', 2, StringSplitOptions.TrimEntries) is not [var name, var value])
                throw Incomplete("a trailer has no value");
            if (name.Equals("x-amz-trailer-signature", StringComparison.OrdinalIgnoreCase))
            {
                signature = value;
                continue;
            }

            Trailers[name] = value;
            canonical.Append(CultureInfo.InvariantCulture, $"{name.ToLowerInvariant()}:{value}\n");
        }

        var expected = request.Signer.SignTrailer(previousSignature, canonical.ToString());
        if (isSigned && !Signer.IsSame(expected, signature ?? ""))
            throw SignedRequest.Mismatch();
    }

    private string ReadLine()
    {
        var length = wire.AsSpan(position).IndexOf("\r\n"u8);
        if (length < 0)
            throw Incomplete("a line end is missing");
        var line = Encoding.ASCII.GetString(wire, position, length);
        position += length + 2;
        return line;
    }

    private void Expect(string line)
    {
        if (ReadLine() != line)
            throw Incomplete("a chunk is longer than its size says");
    }

    private static S3Exception Incomplete(string why) => new(
        400, "IncompleteBody", $"The request body does not have the format that its headers announce: {why}.");
}
