using Microsoft.Net.Http.Headers;
using Sandbox.S3.Storage;

namespace Sandbox.S3.Operations;

/// <summary>Conditional headers and range headers of object calls.</summary>
internal static class Conditions
{
    /// <summary>
    /// Checks the condition of a write: If-None-Match: * allows only a new key, If-Match only the named version.
    /// </summary>
    public static void CheckWrite(S3Call call, Bucket bucket)
    {
        var current = call.Store.Objects.Latest(bucket.Name, call.Key) is { IsMarker: false } version ? version : null;
        var noneMatch = call.Request.Headers.IfNoneMatch.ToString();
        if (noneMatch.Length > 0 && noneMatch != "*")
            throw S3Exception.NotImplemented($"If-None-Match: {noneMatch} on a write; only * is");
        var match = call.Request.Headers.IfMatch.ToString();
        if (match.Length > 0 && current is null)
            throw S3Exception.NoSuchKey();
        if ((noneMatch == "*" && current is not null) || (match.Length > 0 && match != current!.ETag))
            throw PreconditionFailed();
    }

    public static void CheckRead(HttpRequest request, ObjectVersion version)
    {
        if (request.Headers.IfMatch.ToString() is { Length: > 0 } match && match != "*" && match != version.ETag)
            throw PreconditionFailed();
        if (request.Headers.IfNoneMatch.ToString() is { Length: > 0 } noneMatch
            && (noneMatch == "*" || noneMatch == version.ETag))
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
        call.SetStatus(StatusCodes.Status206PartialContent);
        call.Response.Headers.ContentRange = $"bytes {start}-{end}/{size}";
        return (start, end - start + 1);
    }

    private static S3Exception PreconditionFailed() => new(
        412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold");
}
