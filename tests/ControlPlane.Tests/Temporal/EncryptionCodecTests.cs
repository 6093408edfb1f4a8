using System.Security.Cryptography;
using ControlPlane.Temporal;
using ControlPlane.Tests.Security;
using CsCheck;
using Google.Protobuf;
using Temporalio.Api.Common.V1;

namespace ControlPlane.Tests.Temporal;

public sealed class EncryptionCodecTests
{
    [Fact]
    public async Task An_encrypted_payload_is_unreadable_until_decrypted() =>
        await Gen.Byte.Array[8, 200].SampleAsync(async data =>
        {
            var codec = new EncryptionCodec(Ring.Of("k1"));
            var plain = Of(data);

            var encrypted = await codec.EncodeAsync([plain]);

            Assert.Equal(-1, encrypted.Single().Data.Span.IndexOf(data));
            Assert.Equal([plain], await codec.DecodeAsync(encrypted));
        });

    [Fact]
    public async Task A_payload_of_the_previous_key_is_read_until_the_key_is_removed()
    {
        var plain = Of([1, 2, 3]);
        var old = await new EncryptionCodec(Ring.Of("k1")).EncodeAsync([plain]);

        Assert.Equal([plain], await new EncryptionCodec(Ring.Of("k2", "k1")).DecodeAsync(old));
        var error = await Assert.ThrowsAsync<CryptographicException>(() =>
            new EncryptionCodec(Ring.Of("k2")).DecodeAsync(old));
        Assert.Contains("'k1'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unencrypted_payload_is_returned_unchanged()
    {
        var plain = Of([1, 2, 3]);

        Assert.Equal([plain], await new EncryptionCodec(Ring.Of("k1")).DecodeAsync([plain]));
    }

    [Fact]
    public async Task An_altered_payload_is_not_read()
    {
        var codec = new EncryptionCodec(Ring.Of("k1"));
        var encrypted = (await codec.EncodeAsync([Of([1, 2, 3])])).Single();
        byte[] altered = encrypted.Data.ToByteArray();
        altered[^1] ^= 1;
        encrypted.Data = ByteString.CopyFrom(altered);

        await Assert.ThrowsAnyAsync<CryptographicException>(() => codec.DecodeAsync([encrypted]));
    }

    private static Payload Of(byte[] data) => new()
    {
        Metadata = { ["encoding"] = ByteString.CopyFromUtf8("json/plain") },
        Data = ByteString.CopyFrom(data),
    };
}
