using Google.Protobuf;
using Temporalio.Api.Common.V1;

namespace EmbeddedTemporal.Tests.Contract;

/// <summary>Payloads for requests that are made without the SDK's converter.</summary>
internal static class Contents
{
    /// <summary>Slightly more than the limit of 2 MiB, and far less than the limit of a message.</summary>
    public static Payloads TooLarge => Of(new Payload { Data = ByteString.CopyFrom(new byte[(2 * 1024 * 1024) + 1]) });

    /// <summary>The value by which the SDKs remove a search attribute.</summary>
    public static Payload Null => new() { Metadata = { ["encoding"] = ByteString.CopyFromUtf8("binary/null") } };

    public static Payloads Of(Payload payload) => new() { Payloads_ = { payload } };

    public static Payload Json(string json) => new()
    {
        Data = ByteString.CopyFromUtf8(json),
        Metadata = { ["encoding"] = ByteString.CopyFromUtf8("json/plain") },
    };
}
