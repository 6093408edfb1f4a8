using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Api.Http;
using ControlPlane.Security;
using ControlPlane.Settings;

namespace Api.Idempotency;

/// <summary>
/// Hashes keys and bodies, and encrypts answers, with keys derived from <c>TOKEN_KEYS</c>. The key of an answer needs
/// the whole request too: without it, nothing but the request itself opens the answer.
/// </summary>
public sealed class IdempotencySecrets(KeyRing keys)
{
    private const int NonceSize = 12;
    private const int TagSize = 16;

    private readonly byte[] root = HMACSHA256.HashData(keys.Current, "idempotency"u8);

    public static IdempotencySecrets From(SettingsReader settings) => new(KeyRing.Require(settings, "TOKEN_KEYS"));

    /// <param name="scope">The operation and its caller.</param>
    /// <param name="key">The idempotency key.</param>
    /// <param name="body">The request's body.</param>
    public RequestFingerprint Fingerprint(string scope, string key, byte[] body)
    {
        byte[] name = Encoding.UTF8.GetBytes($"{scope}\n{key}");
        byte[] bodyHash = Hash("body", [.. name, 0, .. body]);
        return new RequestFingerprint(Hash("key", name), bodyHash, Hash("answer", bodyHash));
    }

    public static byte[] Encrypt(StoredAnswer answer, RequestFingerprint request)
    {
        byte[] plain = JsonSerializer.SerializeToUtf8Bytes(answer, ApiJson.Default.StoredAnswer);
        byte[] nonce = RandomNumberGenerator.GetBytes(NonceSize);
        byte[] tag = new byte[TagSize];
        byte[] cipher = new byte[plain.Length];
        using var aes = new AesGcm(request.AnswerKey, TagSize);
        aes.Encrypt(nonce, plain, cipher, tag, request.KeyHash);
        return [.. nonce, .. tag, .. cipher];
    }

    /// <exception cref="CryptographicException">The answer is of another request, or was altered.</exception>
    public static StoredAnswer Decrypt(byte[] encrypted, RequestFingerprint request)
    {
        byte[] plain = new byte[encrypted.Length - NonceSize - TagSize];
        using var aes = new AesGcm(request.AnswerKey, TagSize);
        aes.Decrypt(
            encrypted.AsSpan(0, NonceSize), encrypted.AsSpan(NonceSize + TagSize),
            encrypted.AsSpan(NonceSize, TagSize), plain, request.KeyHash);
        return JsonSerializer.Deserialize(plain, ApiJson.Default.StoredAnswer)!;
    }

    private byte[] Hash(string purpose, byte[] data)
    {
        byte[] named = [.. Encoding.UTF8.GetBytes(purpose), 0, .. data];
        return HMACSHA256.HashData(root, named);
    }
}

/// <param name="KeyHash">The keyed hash of scope and key.</param>
/// <param name="BodyHash">The keyed hash of scope, key and body.</param>
/// <param name="AnswerKey">The key that encrypts the answer; it is not stored.</param>
public sealed record RequestFingerprint(byte[] KeyHash, byte[] BodyHash, byte[] AnswerKey);

/// <summary>An answer, as it is stored.</summary>
public sealed record StoredAnswer(int Status, string? ContentType, string? Location, byte[] Body);
