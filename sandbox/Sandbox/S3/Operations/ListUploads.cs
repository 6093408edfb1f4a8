using System.Xml.Linq;
using Sandbox.Storage;

namespace Sandbox.S3.Operations;

/// <summary>The uploads of a bucket that are neither complete nor aborted.</summary>
internal static class ListUploads
{
    public static Task AnswerAsync(S3Call call)
    {
        var bucket = call.Bucket();
        if (call.Query("delimiter") is { Length: > 0 })
            throw S3Exception.NotImplemented("delimiter in ListMultipartUploads");
        var (prefix, keyMarker) = (call.Query("prefix") ?? "", call.Query("key-marker") ?? "");
        var idMarker = call.Query("upload-id-marker") ?? "";
        var limit = call.Limit("max-uploads");
        var rest = call.Store.Uploads.Of(bucket.Name, prefix)
            .Where(upload => Listing.Compare(upload.Key, keyMarker) > 0
                || (upload.Key == keyMarker && idMarker.Length > 0 && string.CompareOrdinal(upload.Id, idMarker) > 0))
            .ToList();
        var last = rest.Count > limit && limit > 0 ? rest[limit - 1] : null;
        return call.AnswerAsync(new XElement(
            S3Call.Xmlns + "ListMultipartUploadsResult",
            new XElement("Bucket", bucket.Name),
            new XElement("KeyMarker", Listing.Encoded(call, keyMarker)),
            new XElement("UploadIdMarker", idMarker),
            last is null ? null : new XElement("NextKeyMarker", Listing.Encoded(call, last.Key)),
            last is null ? null : new XElement("NextUploadIdMarker", last.Id),
            new XElement("Prefix", Listing.Encoded(call, prefix)),
            new XElement("MaxUploads", limit),
            new XElement("IsTruncated", last is not null),
            rest.Take(limit).Select(upload => new XElement(
                "Upload",
                new XElement("Key", Listing.Encoded(call, upload.Key)),
                new XElement("UploadId", upload.Id),
                S3Owner.Of(bucket.AccountId, "Initiator"),
                S3Owner.Of(bucket.AccountId),
                new XElement("StorageClass", "STANDARD"),
                new XElement("Initiated", Stamp.Of(upload.Started))))));
    }
}
