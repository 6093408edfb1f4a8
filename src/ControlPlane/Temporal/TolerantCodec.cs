using System.Security.Cryptography;
using Google.Protobuf;
using Temporalio.Api.Common.V1;
using Temporalio.Converters;

namespace ControlPlane.Temporal;

/// <summary>
/// The input of a workflow. Where the worker cannot decrypt it, it is null, so that the run can end Failed and say so.
/// </summary>
public interface IWorkflowInput;

/// <summary>
/// The worker's codec. A payload that cannot be decrypted fails where it is read: an exception of the codec would fail
/// the whole workflow task, without any trace in the run.
/// </summary>
internal sealed class TolerantCodec(EncryptionCodec codec) : IPayloadCodec
{
    private static readonly ByteString UnreadableEncoding = ByteString.CopyFromUtf8("binary/unreadable");

    public Task<IReadOnlyCollection<Payload>> EncodeAsync(IReadOnlyCollection<Payload> payloads) =>
        codec.EncodeAsync(payloads);

    public async Task<IReadOnlyCollection<Payload>> DecodeAsync(IReadOnlyCollection<Payload> payloads)
    {
        var decoded = new List<Payload>(payloads.Count);
        foreach (var payload in payloads)
        {
            decoded.Add(await DecodeAsync(payload));
        }

        return decoded;
    }

    /// <summary>Returns why the payload could not be decrypted; null for a readable one.</summary>
    public static string? FindProblem(Payload payload) =>
        payload.Metadata.TryGetValue("encoding", out var encoding) && encoding.Equals(UnreadableEncoding)
            ? payload.Data.ToStringUtf8()
            : null;

    private async Task<Payload> DecodeAsync(Payload payload)
    {
        try
        {
            return (await codec.DecodeAsync([payload])).Single();
        }
        catch (CryptographicException e)
        {
            return new Payload
            {
                Metadata = { ["encoding"] = UnreadableEncoding },
                Data = ByteString.CopyFromUtf8(e.Message),
            };
        }
    }
}
