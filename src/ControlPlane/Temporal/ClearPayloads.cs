using System.Globalization;
using Google.Protobuf;
using Temporalio.Api.Common.V1;
using Temporalio.Converters;

namespace ControlPlane.Temporal;

/// <summary>
/// A type that the functions read from Temporal and that holds neither personal data nor secrets. Its payloads stay
/// unencrypted, so that the functions can read them whatever key the worker writes with.
/// </summary>
public interface IClearPayload;

/// <summary>A number in a memo that stays unencrypted.</summary>
internal sealed class ClearNumber(int number) : IRawValue
{
    public Payload Payload { get; } = ClearPayloads.Mark(new Payload
    {
        Metadata = { ["encoding"] = ByteString.CopyFromUtf8("json/plain") },
        Data = ByteString.CopyFromUtf8(number.ToString(CultureInfo.InvariantCulture)),
    });
}

/// <summary>The mark of payloads that <see cref="EncryptionCodec"/> leaves as they are.</summary>
internal static class ClearPayloads
{
    private const string Key = "arc-saas-clear";

    public static Payload Mark(Payload payload)
    {
        payload.Metadata[Key] = ByteString.CopyFromUtf8("true");
        return payload;
    }

    public static bool IsMarked(Payload payload) => payload.Metadata.ContainsKey(Key);
}
