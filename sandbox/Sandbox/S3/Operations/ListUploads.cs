using System.Xml.Linq;
using Sandbox.Storage;

namespace Sandbox.S3.Operations;

/// <summary>The operation ListMultipartUploads: the uploads that are neither completed nor aborted.</summary>
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
        var uploads = call.Store.Uploads.List(bucket.Name, prefix)
            .Where(upload => Listing.Compare(upload.Key, keyMarker) > 0
                || (upload.Key == keyMarker && idMarker.Length > 0 && string.CompareOrdinal(upload.Id, idMarker) > 0))
            .ToList();
        var last = uploads.Count > limit && limit > 0 ? uploads[limit - 1] : null;
        return call.AnswerAsync(new XElement(
            S3Call.Xmlns + "ListMultipartUploadsResult",
            new XElement("Bucket", bucket.Name),
            new XElement("KeyMarker", Listing.Encode(call, keyMarker)),
            new XElement("UploadIdMarker", idMarker),
            last is null ? null : new XElement("NextKeyMarker", Listing.Encode(call, last.Key)),
            last is null ? null : new XElement("NextUploadIdMarker", last.Id),
            new XElement("Prefix", Listing.Encode(call, prefix)),
            new XElement("MaxUploads", limit),
            new XElement("IsTruncated", last is not null),
            uploads.Take(limit).Select(upload => new XElement(
                "Upload",
                new XElement("Key", Listing.Encode(call, upload.Key)),
                new XElement("UploadId", upload.Id),
                S3Owner.Of(bucket.AccountId, "Initiator"),
                S3Owner.Of(bucket.AccountId),
                new XElement("StorageClass", "STANDARD"),
                new XElement("Initiated", Timestamp.Of(upload.Started))))));
    }
}
