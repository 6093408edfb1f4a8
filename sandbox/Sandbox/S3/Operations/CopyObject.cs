using System.Xml.Linq;
using Sandbox.S3.Storage;
using Sandbox.Storage;

namespace Sandbox.S3.Operations;

/// <summary>The operation CopyObject: a PUT that names its source in a header.</summary>
internal static class CopyObject
{
    public const string HeaderName = "x-amz-copy-source";

    public static async Task AnswerAsync(S3Call call)
    {
        var request = call.Request;
        var (sourceBucket, sourceKey, sourceVersion) = Source(request.Headers[HeaderName].ToString());
        var replacesMetadata = Replaces(request, "x-amz-metadata-directive");
        var replacesTags = Replaces(request, "x-amz-tagging-directive");
        if (sourceVersion is null && !replacesMetadata && (sourceBucket, sourceKey) == (call.BucketName, call.Key))
        {
            throw S3Exception.InvalidRequest("This copy request is illegal because it is trying to copy an object to "
                + "itself without changing the object's metadata, storage class, website redirect location or "
                + "encryption attributes.");
        }

        var given = RequestHeaders.OfObject(request);
        var (bucket, source, copy) = call.InBucket(bucket =>
        {
            Conditions.CheckWrite(call, bucket);
            var source = ObjectOperations.Find(call, call.Bucket(sourceBucket), sourceKey, sourceVersion);
            var data = call.Store.Objects.Data(sourceBucket, source.Key, source.Id);
            var headers = Headers(source, given, replacesMetadata, replacesTags);
            return (bucket, source, call.Store.Objects.Put(bucket, call.Key, data, source.ETag, headers));
        });
        ObjectOperations.VersionHeader(call.Response, bucket, copy.Id);
        if (source.Id != Objects.NullVersion)
            call.Response.Headers["x-amz-copy-source-version-id"] = source.Id;
        await call.AnswerAsync(new XElement(
            S3Call.Xmlns + "CopyObjectResult",
            new XElement("LastModified", Timestamp.Of(copy.Modified)),
            new XElement("ETag", copy.ETag)));
    }

    private static Dictionary<string, string> Headers(
        ObjectVersion source, Dictionary<string, string> given, bool replacesMetadata, bool replacesTags)
    {
        var tags = (replacesTags ? given : source.Headers).GetValueOrDefault(ObjectTags.HeaderName);
        var headers = replacesMetadata
            ? given.Concat(source.Headers.Where(header => ObjectOperations.IsChecksum(header.Key))).ToDictionary()
            : source.Headers.ToDictionary();
        headers.Remove(ObjectTags.HeaderName);
        if (tags is not null)
            headers[ObjectTags.HeaderName] = tags;
        return headers;
    }

    private static bool Replaces(HttpRequest request, string directive) => request.Headers[directive].ToString() switch
    {
        "" or "COPY" => false,
        "REPLACE" => true,
        var other => throw S3Exception.InvalidArgument($"Unknown {directive}: '{other}'; expected COPY or REPLACE"),
    };

    /// <summary>The source: bucket/key, percent-encoded, with an optional slash before and version after it.</summary>
    private static (string Bucket, string Key, string? Version) Source(string header)
    {
        var (address, query) = header.Split("?versionId=", 2) is [var before, var after]
            ? (before, after)
            : (header, null);
        var parts = Uri.UnescapeDataString(address).TrimStart('/').Split('/', 2);
        return parts is [{ Length: > 0 } bucket, { Length: > 0 } key]
            ? (bucket, key, query)
            : throw S3Exception.InvalidArgument("Copy Source must mention the source bucket and key: "
                + "sourcebucket/sourcekey");
    }
}
