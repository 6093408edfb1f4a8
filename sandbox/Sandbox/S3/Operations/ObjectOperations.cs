using System.Globalization;
using System.Text;
using Sandbox.S3.Storage;

namespace Sandbox.S3.Operations;

internal static class ObjectOperations
{
    public static async Task PutAsync(S3Call call)
    {
        CheckKey(call.Key);
        if (call.Request.Headers.ContainsKey(CopyObject.HeaderName))
        {
            await CopyObject.AnswerAsync(call);
            return;
        }

        var payload = await call.PayloadAsync();
        var headers = RequestHeaders.OfObject(call.Request);
        foreach (var (name, value) in payload.Checksums)
            headers[name] = value;
        var etag = EntityTag.Of(payload.Bytes);
        var (bucket, version) = call.InBucket(bucket =>
        {
            Conditions.CheckWrite(call, bucket);
            return (bucket, call.Store.Objects.Put(bucket, call.Key, payload.Bytes, etag, headers));
        });
        call.Response.Headers.ETag = etag;
        Checksums(call.Response, version);
        VersionHeader(call.Response, bucket, version.Id);
    }

    public static async Task GetAsync(S3Call call)
    {
        var isHead = HttpMethods.IsHead(call.Request.Method);
        var (bucket, version, data) = call.InBucket(bucket =>
        {
            var version = Find(call, bucket);
            return (bucket, version, isHead ? [] : call.Store.Objects.Data(bucket.Name, version.Key, version.Id));
        });
        var headers = call.Response.Headers;
        headers.ETag = version.ETag;
        headers.LastModified = version.Modified.ToString("R", CultureInfo.InvariantCulture);
        headers.AcceptRanges = "bytes";
        foreach (var (name, value) in version.Headers)
        {
            if (!IsChecksum(name) && name != ObjectTags.HeaderName)
                headers[name] = value;
        }

        if (ObjectTags.Count(version) is > 0 and var tags)
            headers["x-amz-tagging-count"] = tags.ToString(CultureInfo.InvariantCulture);
        VersionHeader(call.Response, bucket, version.Id);
        Conditions.CheckRead(call.Request, version);
        // The checksum is of the content, which the answer to an unmet condition does not have.
        if (call.Request.Headers["x-amz-checksum-mode"] == "ENABLED" && call.Request.Headers.Range.Count == 0)
            Checksums(call.Response, version);

        var (start, length) = Conditions.Range(call, version.Size);
        headers.ContentLength = length;
        if (!isHead)
            await call.Response.Body.WriteAsync(data.AsMemory((int)start, (int)length));
    }

    public static Task DeleteAsync(S3Call call)
    {
        call.InBucket(bucket =>
        {
            if (call.Query("versionId") is { } id)
            {
                if (call.Store.Objects.Version(bucket.Name, call.Key, id) is { IsMarker: true })
                    call.Response.Headers["x-amz-delete-marker"] = "true";
                call.Store.Objects.DeleteVersion(bucket.Name, call.Key, id);
                VersionHeader(call.Response, bucket, id);
            }
            else if (call.Store.Objects.Delete(bucket, call.Key) is { } marker)
            {
                call.Response.Headers["x-amz-delete-marker"] = "true";
                VersionHeader(call.Response, bucket, marker.Id);
            }
        });
        call.SetStatus(StatusCodes.Status204NoContent);
        return Task.CompletedTask;
    }

    public static void CheckKey(string key)
    {
        if (Encoding.UTF8.GetByteCount(key) > 1024)
            throw new S3Exception(400, "KeyTooLongError", "Your key is too long");
    }

    public static void VersionHeader(HttpResponse response, Bucket bucket, string id)
    {
        if (bucket.Versioning is not null)
            response.Headers["x-amz-version-id"] = id;
    }

    /// <summary>Returns the version of the object that the address names; refuses the call if there is none.</summary>
    public static ObjectVersion Find(S3Call call, Bucket bucket) => call.Query("partNumber") is null
        ? Find(call, bucket, call.Key, call.Query("versionId"))
        : throw S3Exception.NotImplemented("partNumber on a read");

    public static ObjectVersion Find(S3Call call, Bucket bucket, string key, string? id)
    {
        var version = id is null
            ? call.Store.Objects.Latest(bucket.Name, key) ?? throw S3Exception.NoSuchKey()
            : call.Store.Objects.Version(bucket.Name, key, id)
                ?? throw new S3Exception(404, "NoSuchVersion", "The specified version does not exist.");
        if (!version.IsMarker)
            return version;
        call.Response.Headers["x-amz-delete-marker"] = "true";
        VersionHeader(call.Response, bucket, version.Id);
        throw id is null
            ? S3Exception.NoSuchKey()
            : new S3Exception(405, "MethodNotAllowed", "The specified method is not allowed against this resource.");
    }

    private static void Checksums(HttpResponse response, ObjectVersion version)
    {
        foreach (var (name, value) in version.Headers.Where(header => IsChecksum(header.Key)))
        {
            response.Headers[name] = value;
            // Only objects in one part have stored checksums.
            response.Headers["x-amz-checksum-type"] = "FULL_OBJECT";
        }
    }

    public static bool IsChecksum(string name) =>
        name.StartsWith("x-amz-checksum-", StringComparison.OrdinalIgnoreCase);
}
