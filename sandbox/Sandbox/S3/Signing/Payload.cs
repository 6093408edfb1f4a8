using System.Globalization;

namespace Sandbox.S3.Signing;

/// <summary>The bytes of a request's body, verified against its headers: hash, length and checksums.</summary>
/// <param name="Checksums">Verified checksums by header name.</param>
internal sealed record Payload(byte[] Bytes, IReadOnlyDictionary<string, string> Checksums)
{
    /// <summary>Maximum size of a body, which is verified in memory.</summary>
    public const long MaxBytes = 256 * 1024 * 1024;

    public static async Task<Payload> ReadAsync(
        HttpRequest request, SignedRequest signature, CancellationToken cancellationToken)
    {
        var wire = await ReadAllAsync(request, cancellationToken);
        var trailers = new Dictionary<string, string>();
        var bytes = signature.PayloadHash switch
        {
            "UNSIGNED-PAYLOAD" => wire,
            "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" => DecodeChunks(isSigned: true, hasTrailers: false),
            "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER" => DecodeChunks(isSigned: true, hasTrailers: true),
            "STREAMING-UNSIGNED-PAYLOAD-TRAILER" => DecodeChunks(isSigned: false, hasTrailers: true),
            { Length: 64 } hash => hash == Signer.Hash(wire) ? wire : throw new S3Exception(
                400,
                "XAmzContentSHA256Mismatch",
                "The provided 'x-amz-content-sha256' header does not match what was computed."),
            var other => throw S3Exception.InvalidArgument(
                "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, a STREAMING- variant, or a valid sha256 value; " +
                $"found '{other}'."),
        };
        CheckMd5(request, bytes);
        return new Payload(bytes, Checksum.Check(request.Headers, trailers, bytes));

        byte[] DecodeChunks(bool isSigned, bool hasTrailers)
        {
            var body = new ChunkedBody(wire, signature, isSigned);
            var decoded = body.Decode(hasTrailers);
            var announcedLength = request.Headers["x-amz-decoded-content-length"].ToString();
            if (announcedLength.Length == 0)
                throw new S3Exception(411, "MissingContentLength", "You must provide the Content-Length HTTP header.");
            if (announcedLength != decoded.Length.ToString(CultureInfo.InvariantCulture))
                throw new S3Exception(
                    400,
                    "IncompleteBody",
                    "You did not provide the number of bytes specified by x-amz-decoded-content-length");
            trailers = body.Trailers;
            return decoded;
        }
    }

    private static async Task<byte[]> ReadAllAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength > MaxBytes)
            throw TooLarge();
        var buffer = new MemoryStream();
        var part = new byte[81920];
        for (int read; (read = await request.Body.ReadAsync(part, cancellationToken)) > 0;)
        {
            if (buffer.Length + read > MaxBytes)
                throw TooLarge();
            buffer.Write(part, 0, read);
        }

        return buffer.ToArray();
    }

    private static void CheckMd5(HttpRequest request, byte[] bytes)
    {
        var given = request.Headers.ContentMD5.ToString();
        if (given.Length == 0)
            return;
        if (!Convert.TryFromBase64String(given, new byte[16], out var length) || length != 16)
            throw new S3Exception(400, "InvalidDigest", "The Content-MD5 you specified was invalid.");
        if (given != Convert.ToBase64String(Md5.Of(bytes)))
            throw new S3Exception(400, "BadDigest", "The Content-MD5 you specified did not match what we received.");
    }

    private static S3Exception TooLarge() => new(
        400,
        "EntityTooLarge",
        $"Your proposed upload exceeds the sandbox's limit for one request: {MaxBytes} bytes.");
}
