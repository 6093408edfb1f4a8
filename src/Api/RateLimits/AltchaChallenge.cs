using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Api.Http;
using ControlPlane.Security;

namespace Api.RateLimits;

/// <summary>
/// A proof of work by the ALTCHA protocol, version 1: the client finds the number whose hash with the salt is
/// <paramref name="Challenge"/>. The salt carries expiry and key, and the HMAC makes the challenge ours, so that
/// nothing is stored. See https://altcha.org/docs/server-integration/.
/// </summary>
/// <param name="Algorithm">Always <c>SHA-256</c>.</param>
/// <param name="Challenge">The hash of salt and number, in hexadecimal digits.</param>
/// <param name="MaxNumber">The largest possible number; the smallest is 0.</param>
/// <param name="Salt">Random digits, and <c>expires</c> in seconds since 1970.</param>
/// <param name="Signature">The HMAC of the challenge.</param>
public sealed record AltchaChallenge(
    string Algorithm,
    string Challenge,
    [property: JsonPropertyName("maxnumber")] int MaxNumber,
    string Salt,
    string Signature)
{
    public const string Sha256 = "SHA-256";

    private static readonly byte[] Purpose = "altcha"u8.ToArray();

    public static AltchaChallenge Create(KeyRing keys, int maxNumber, DateTimeOffset expires)
    {
        // The separator at the end keeps digits of the number apart from the last parameter. Without it they could
        // be moved into it: https://altcha.org/security-advisory/
        string salt = string.Create(CultureInfo.InvariantCulture,
            $"{RandomNumberGenerator.GetHexString(24, lowercase: true)}?expires={expires.ToUnixTimeSeconds()}"
            + $"&key={keys.CurrentId}&");
        string challenge = Hash(salt, RandomNumberGenerator.GetInt32(maxNumber + 1));
        return new AltchaChallenge(Sha256, challenge, maxNumber, salt, Sign(keys.Current, challenge));
    }

    internal static string Hash(string salt, long number) => Convert.ToHexStringLower(SHA256.HashData(
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{salt}{number}"))));

    internal static string Sign(ReadOnlySpan<byte> key, string challenge)
    {
        // A key of its own: a signature of a challenge is no other kind of signature.
        byte[] derived = HMACSHA256.HashData(key, Purpose);
        return Convert.ToHexStringLower(HMACSHA256.HashData(derived, Encoding.UTF8.GetBytes(challenge)));
    }
}

/// <summary>The solution of a challenge: base64 of this object as JSON.</summary>
public sealed record AltchaSolution(string Algorithm, string Challenge, long Number, string Salt, string Signature)
{
    public const int MaxLength = 2048;

    /// <returns>The solution, or null if the text is malformed.</returns>
    public static AltchaSolution? Find(string text)
    {
        if (text.Length > MaxLength)
        {
            return null;
        }

        byte[] json = new byte[text.Length];
        try
        {
            return Convert.TryFromBase64String(text, json, out int length)
                && JsonSerializer.Deserialize(json.AsSpan(0, length), ApiJson.Default.AltchaSolution)
                    is { Salt: not null, Challenge: not null, Signature: not null } solution
                ? solution
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Returns whether the challenge is ours, and this its solution. Expiry and use are not checked.</summary>
    public bool IsGenuine(KeyRing keys) =>
        Algorithm == AltchaChallenge.Sha256
        && Number >= 0
        && Salt.EndsWith('&')
        && FindParameter("key") is { } id
        && keys.Find(id) is { } key
        && AltchaChallenge.Hash(Salt, Number) == Challenge
        && CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(AltchaChallenge.Sign(key, Challenge)), Encoding.UTF8.GetBytes(Signature));

    public bool IsExpired(DateTimeOffset now) =>
        !long.TryParse(FindParameter("expires"), NumberStyles.None, CultureInfo.InvariantCulture, out long expires)
        || expires <= now.ToUnixTimeSeconds();

    private string? FindParameter(string name) => Salt.Split('?', '&')
        .FirstOrDefault(part => part.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..];
}
