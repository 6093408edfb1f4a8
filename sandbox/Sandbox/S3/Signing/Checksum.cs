using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Sandbox.S3.Signing;

/// <summary>
/// The x-amz-checksum-* headers: https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
/// </summary>
internal static class Checksum
{
    private const string Prefix = "x-amz-checksum-";

    // Polynomials in reversed bit order: IEEE 802.3, Castagnoli, NVM Express.
    private static readonly Dictionary<string, Func<byte[], byte[]>> Algorithms = new(StringComparer.OrdinalIgnoreCase)
    {
        [Prefix + "crc32"] = bytes => BigEndian32(Crc(bytes, 0xEDB88320, uint.MaxValue)),
        [Prefix + "crc32c"] = bytes => BigEndian32(Crc(bytes, 0x82F63B78, uint.MaxValue)),
        [Prefix + "crc64nvme"] = bytes => BigEndian64(Crc(bytes, 0x9A6C9329AC4BC9B5, ulong.MaxValue)),
        [Prefix + "sha1"] = SHA1.HashData,
        [Prefix + "sha256"] = SHA256.HashData,
    };

    /// <summary>
    /// Returns the checksums from headers and trailers. Refuses a wrong checksum and a missing announced trailer.
    /// </summary>
    public static Dictionary<string, string> Check(
        IHeaderDictionary headers, IReadOnlyDictionary<string, string> trailers, byte[] bytes)
    {
        foreach (var announced in headers["x-amz-trailer"].Where(name => !trailers.ContainsKey(name ?? "")))
            throw new S3Exception(
                400, "MalformedTrailerError", $"The trailer '{announced}' was announced but not sent.");
        var given = headers.Select(header => (Name: header.Key, Value: header.Value.ToString()))
            .Concat(trailers.Select(trailer => (Name: trailer.Key, trailer.Value)))
            .Where(pair => Algorithms.ContainsKey(pair.Name))
            .ToDictionary(pair => pair.Name.ToLowerInvariant(), pair => pair.Value);
        foreach (var (name, value) in given)
        {
            if (Convert.ToBase64String(Algorithms[name](bytes)) != value)
                throw new S3Exception(
                    400, "BadDigest", $"The {name} you specified did not match the calculated checksum.");
        }

        return given;
    }

    private static ulong Crc(byte[] bytes, ulong polynomial, ulong allOnes)
    {
        var table = new ulong[256];
        for (var i = 0; i < 256; i++)
        {
            table[i] = (ulong)i;
            for (var bit = 0; bit < 8; bit++)
                table[i] = (table[i] & 1) == 0 ? table[i] >> 1 : (table[i] >> 1) ^ polynomial;
        }

        var crc = allOnes;
        foreach (var b in bytes)
            crc = table[(byte)(crc ^ b)] ^ (crc >> 8);
        return crc ^ allOnes;
    }

    private static byte[] BigEndian32(ulong value) => BigEndian64(value)[4..];

    private static byte[] BigEndian64(ulong value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        return bytes;
    }
}
