using System.Security.Cryptography;
using System.Text;

namespace Sandbox.S3.Signing;

/// <summary>Signs with the key that is derived from a secret, a day and a region.</summary>
/// <param name="Date">Time of the request as sent, such as 20260131T120000Z.</param>
internal sealed record Signer(byte[] Key, string Date, string Scope)
{
    public static Signer For(string secret, string date, string region)
    {
        var day = date[..8];
        var key = Encoding.UTF8.GetBytes("AWS4" + secret);
        foreach (var part in new[] { day, region, "s3", "aws4_request" })
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        return new Signer(key, date, $"{day}/{region}/s3/aws4_request");
    }

    public string SignRequest(string canonicalRequest) =>
        Sign("AWS4-HMAC-SHA256", Hash(Encoding.UTF8.GetBytes(canonicalRequest)));

    public string SignChunk(string previous, ReadOnlySpan<byte> chunk) =>
        Sign("AWS4-HMAC-SHA256-PAYLOAD", previous, Hash([]), Hash(chunk));

    public string SignTrailer(string previous, string trailer) =>
        Sign("AWS4-HMAC-SHA256-TRAILER", previous, Hash(Encoding.UTF8.GetBytes(trailer)));

    public static string Hash(ReadOnlySpan<byte> data) => Convert.ToHexStringLower(SHA256.HashData(data));

    /// <summary>Compares two signatures in constant time.</summary>
    public static bool IsSame(string a, string b) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(a), Encoding.UTF8.GetBytes(b));

    private string Sign(string algorithm, params string[] lines)
    {
        var text = string.Join('\n', [algorithm, Date, Scope, .. lines]);
        return Convert.ToHexStringLower(HMACSHA256.HashData(Key, Encoding.UTF8.GetBytes(text)));
    }
}
