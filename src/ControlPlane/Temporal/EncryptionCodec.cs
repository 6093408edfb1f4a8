using System.Security.Cryptography;
using System.Text;
using ControlPlane.Security;
using Google.Protobuf;
using Temporalio.Api.Common.V1;
using Temporalio.Converters;

namespace ControlPlane.Temporal;

/// <summary>
/// Encrypts payloads before they reach Temporal, with AES-256-GCM. The metadata holds the id of the key, so that keys
/// can be rotated while old histories exist. Unencrypted payloads, from before keys were set, are returned unchanged.
/// Those of <see cref="IClearPayload"/> are never encrypted.
/// Data: nonce (12 bytes), tag (16 bytes), ciphertext of the whole payload.
/// </summary>
public sealed class EncryptionCodec(KeyRing keys) : IPayloadCodec
{
    private const string KeyId = "encryption-key-id";
    private const int NonceSize = 12;
    private const int TagSize = 16;

    private static readonly ByteString EncodingName = ByteString.CopyFromUtf8("binary/encrypted");

    public Task<IReadOnlyCollection<Payload>> EncodeAsync(IReadOnlyCollection<Payload> payloads) =>
        Task.FromResult<IReadOnlyCollection<Payload>>(payloads
            .Select(payload => ClearPayloads.IsMarked(payload) ? payload : Encrypt(payload)).ToList());

    /// <exception cref="CryptographicException">
    /// The key's id is not in the ring, or the payload was altered.
    /// </exception>
    public Task<IReadOnlyCollection<Payload>> DecodeAsync(IReadOnlyCollection<Payload> payloads) =>
        Task.FromResult<IReadOnlyCollection<Payload>>(payloads.Select(Decrypt).ToList());

    private Payload Encrypt(Payload payload)
    {
        byte[] plain = payload.ToByteArray();
        byte[] data = new byte[NonceSize + TagSize + plain.Length];
        RandomNumberGenerator.Fill(data.AsSpan(0, NonceSize));
        using var aes = new AesGcm(keys.Current, TagSize);
        aes.Encrypt(
            data.AsSpan(0, NonceSize),
            plain,
            data.AsSpan(NonceSize + TagSize),
            data.AsSpan(NonceSize, TagSize),
            Encoding.UTF8.GetBytes(keys.CurrentId));
        return new Payload
        {
            Metadata = { ["encoding"] = EncodingName, [KeyId] = ByteString.CopyFromUtf8(keys.CurrentId) },
            Data = ByteString.CopyFrom(data),
        };
    }

    private Payload Decrypt(Payload payload)
    {
        if (!payload.Metadata.TryGetValue("encoding", out var encoding) || !encoding.Equals(EncodingName))
        {
            return payload;
        }

        string keyId = payload.Metadata.TryGetValue(KeyId, out var id) ? id.ToStringUtf8() : "";
        byte[] key = keys.Find(keyId) ?? throw new CryptographicException(
            $"A payload was encrypted with the key '{keyId}', which is not in PAYLOAD_KEYS.");
        var data = payload.Data.Span;
        if (data.Length < NonceSize + TagSize)
        {
            throw new CryptographicException("An encrypted payload is truncated.");
        }

        byte[] plain = new byte[data.Length - NonceSize - TagSize];
        using var aes = new AesGcm(key, TagSize);
        aes.Decrypt(
            data[..NonceSize],
            data[(NonceSize + TagSize)..],
            data.Slice(NonceSize, TagSize),
            plain,
            Encoding.UTF8.GetBytes(keyId));
        return Payload.Parser.ParseFrom(plain);
    }
}
