using Microsoft.Net.Http.Headers;
using Sandbox.S3.Storage;

namespace Sandbox.S3.Operations;

/// <summary>Headers that let a call through only for an object in a certain state, or ask for a part of it.</summary>
internal static class Conditions
{
    /// <summary>If-None-Match: * claims a key that nobody has; If-Match replaces what the caller knows.</summary>
    public static void CheckWrite(S3Call call, Bucket bucket)
    {
        var current = call.Store.Objects.Latest(bucket.Name, call.Key) is { IsMarker: false } version ? version : null;
        var none = call.Request.Headers.IfNoneMatch.ToString();
        if (none.Length > 0 && none != "*")
            throw S3Exception.NotImplemented($"If-None-Match: {none} on a write; only * is");
        var match = call.Request.Headers.IfMatch.ToString();
        if (match.Length > 0 && current is null)
            throw S3Exception.NoSuchKey();
        if ((none == "*" && current is not null) || (match.Length > 0 && match != current!.ETag))
            throw PreconditionFailed();
    }

    public static void CheckRead(HttpRequest request, ObjectVersion version)
    {
        if (request.Headers.IfMatch.ToString() is { Length: > 0 } match && match != "*" && match != version.ETag)
            throw PreconditionFailed();
        if (request.Headers.IfNoneMatch.ToString() is { Length: > 0 } none && (none == "*" || none == version.ETag))
            throw new S3Exception(StatusCodes.Status304NotModified, "NotModified", "Not Modified");
    }

    public static (long Start, long Length) Range(S3Call call, long size)
    {
        if (!RangeHeaderValue.TryParse(call.Request.Headers.Range.ToString(), out var header)
            || header.Ranges.Count != 1)
            return (0, size);
        var range = header.Ranges.First();
        var start = range.From ?? Math.Max(0, size - range.To!.Value);
        var end = range.From is null ? size - 1 : Math.Min(range.To ?? size - 1, size - 1);
        if (start > end)
            throw new S3Exception(416, "InvalidRange", "The requested range is not satisfiable");
        call.Answer(StatusCodes.Status206PartialContent);
        call.Response.Headers.ContentRange = $"bytes {start}-{end}/{size}";
        return (start, end - start + 1);
    }

    private static S3Exception PreconditionFailed() => new(
        412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold");
}
