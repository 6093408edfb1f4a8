using EmbeddedTemporal.Rpc;

namespace EmbeddedTemporal.Engine;

/// <summary>The limits of Temporal's server: https://docs.temporal.io/cloud/limits#per-message-grpc-limit</summary>
internal static class SizeLimits
{
    /// <summary>The largest message that a client can send, in bytes.</summary>
    public const int Message = 4 * 1024 * 1024;

    /// <summary>The largest payload, in bytes: an input, a result, details, a memo.</summary>
    public const int Payload = 2 * 1024 * 1024;

    public static bool IsTooLarge(this IMessage? content) => content?.CalculateSize() > Payload;

    /// <exception cref="RpcException">InvalidArgument: the content is larger than <see cref="Payload"/>.</exception>
    public static void RequireSmall(IMessage? content)
    {
        if (content.IsTooLarge()) throw TemporalErrors.InvalidArgument("Blob data size exceeds limit.");
    }
}
