using System.Globalization;
using System.Xml.Linq;
using Sandbox.S3.Storage;
using Sandbox.Storage;

namespace Sandbox.S3.Operations;

/// <summary>Multipart uploads: https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html</summary>
internal static class UploadOperations
{
    private const int MinPartSize = 5 * 1024 * 1024;

    public static Task StartAsync(S3Call call)
    {
        ObjectOperations.CheckKey(call.Key);
        var headers = RequestHeaders.OfObject(call.Request);
        var upload = call.InBucket(bucket => call.Store.Uploads.Start(bucket.Name, call.Key, headers));
        return call.AnswerAsync(new XElement(
            S3Call.Xmlns + "InitiateMultipartUploadResult",
            new XElement("Bucket", upload.Bucket),
            new XElement("Key", call.Key),
            new XElement("UploadId", upload.Id)));
    }

    public static async Task PutPartAsync(S3Call call)
    {
        if (!int.TryParse(call.Query("partNumber"), CultureInfo.InvariantCulture, out var number)
            || number is < 1 or > 10_000)
            throw S3Exception.InvalidArgument("Part number must be an integer between 1 and 10000, inclusive");
        if (call.Request.Headers.ContainsKey(CopyObject.HeaderName))
            throw S3Exception.NotImplemented($"header {CopyObject.HeaderName} on a part");
        var payload = await call.PayloadAsync();
        var etag = EntityTag.Of(payload.Bytes);
        call.Store.Transaction(() =>
        {
            call.Store.Uploads.PutPart(Find(call).Id, number, etag, payload.Bytes);
            return true;
        });
        call.Response.Headers.ETag = etag;
        foreach (var (name, value) in payload.Checksums)
            call.Response.Headers[name] = value;
    }

    public static Task ListPartsAsync(S3Call call)
    {
        var upload = Find(call);
        var marker = int.TryParse(
            call.Query("part-number-marker"), CultureInfo.InvariantCulture, out var given) ? given : 0;
        var limit = call.Limit("max-parts");
        var parts = call.Store.Uploads.Parts(upload.Id).Where(part => part.Number > marker).ToList();
        return call.AnswerAsync(new XElement(
            S3Call.Xmlns + "ListPartsResult",
            new XElement("Bucket", upload.Bucket),
            new XElement("Key", upload.Key),
            new XElement("UploadId", upload.Id),
            new XElement("PartNumberMarker", marker),
            parts.Count > limit && limit > 0 ? new XElement("NextPartNumberMarker", parts[limit - 1].Number) : null,
            new XElement("MaxParts", limit),
            new XElement("IsTruncated", parts.Count > limit),
            new XElement("StorageClass", "STANDARD"),
            parts.Take(limit).Select(part => new XElement(
                "Part",
                new XElement("PartNumber", part.Number),
                new XElement("LastModified", Timestamp.Of(part.Modified)),
                new XElement("ETag", part.ETag),
                new XElement("Size", part.Size)))));
    }

    public static async Task CompleteAsync(S3Call call)
    {
        var requested = (await call.XmlAsync()).Children("Part")
            .Select(part => (Number: part.Text("PartNumber"), ETag: part.Text("ETag").Trim('"'))).ToList();
        if (requested.Count == 0)
            throw S3Exception.MalformedXml();
        var (bucket, version) = call.InBucket(bucket =>
        {
            var upload = Find(call);
            Conditions.CheckWrite(call, bucket);
            var parts = SelectParts(call.Store.Uploads.Parts(upload.Id), requested);
            byte[] data = [.. parts.SelectMany(part => call.Store.Uploads.Data(upload.Id, part.Number))];
            var version = call.Store.Objects.Put(bucket, call.Key, data, EntityTag.Of(parts), upload.Headers);
            call.Store.Uploads.Delete(upload.Id);
            return (bucket, version);
        });
        ObjectOperations.VersionHeader(call.Response, bucket, version.Id);
        await call.AnswerAsync(new XElement(
            S3Call.Xmlns + "CompleteMultipartUploadResult",
            new XElement("Location", $"{call.Request.Scheme}://{call.Request.Host}/{bucket.Name}/{call.Key}"),
            new XElement("Bucket", bucket.Name),
            new XElement("Key", call.Key),
            new XElement("ETag", version.ETag)));
    }

    public static Task AbortAsync(S3Call call)
    {
        var upload = FindOrNull(call);
        if (upload is null && !call.IsMinio)
            throw S3Exception.NoSuchUpload();
        call.Store.Uploads.Delete(upload?.Id ?? "");
        call.SetStatus(StatusCodes.Status204NoContent);
        return Task.CompletedTask;
    }

    private static Upload Find(S3Call call) => FindOrNull(call) ?? throw S3Exception.NoSuchUpload();

    private static Upload? FindOrNull(S3Call call) =>
        call.Store.Uploads.Find(call.Bucket().Name, call.Key, call.Query("uploadId") ?? "");

    private static List<UploadPart> SelectParts(List<UploadPart> parts, List<(string Number, string ETag)> requested)
    {
        var selected = requested.ConvertAll(entry => parts.Find(part =>
                part.Number.ToString(CultureInfo.InvariantCulture) == entry.Number
                && part.ETag.Trim('"') == entry.ETag)
            ?? throw new S3Exception(
                400,
                "InvalidPart",
                "One or more of the specified parts could not be found. The part may not have been uploaded, or the " +
                "specified entity tag may not match the part's entity tag."));
        if (selected.Zip(selected.Skip(1)).Any(pair => pair.First.Number >= pair.Second.Number))
            throw new S3Exception(
                400,
                "InvalidPartOrder",
                "The list of parts was not in ascending order. Parts must be ordered by part number.");
        if (selected.SkipLast(1).Any(part => part.Size < MinPartSize))
            throw new S3Exception(
                400, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size");
        return selected;
    }
}
