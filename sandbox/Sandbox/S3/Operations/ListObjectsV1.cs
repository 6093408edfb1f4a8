using System.Xml.Linq;
using Sandbox.S3.Storage;

namespace Sandbox.S3.Operations;

/// <summary>The operation ListObjects, the first version of the list call, which older clients use.</summary>
internal static class ListObjectsV1
{
    public static Task AnswerAsync(S3Call call)
    {
        var bucket = call.Bucket();
        var (prefix, delimiter) = (call.Query("prefix") ?? "", call.Query("delimiter") ?? "");
        var marker = call.Query("marker") ?? "";
        var limit = call.Limit("max-keys");
        var page = ListObjects.Page(call, bucket, prefix, delimiter, marker, limit);
        return call.AnswerAsync(new XElement(
            S3Call.Xmlns + "ListBucketResult",
            new XElement("Name", bucket.Name),
            new XElement("Prefix", Listing.Encode(call, prefix)),
            new XElement("Marker", Listing.Encode(call, marker)),
            NextMarker(call, page, delimiter),
            new XElement("MaxKeys", limit),
            delimiter.Length == 0 ? null : new XElement("Delimiter", Listing.Encode(call, delimiter)),
            call.Query("encoding-type") is { } encoding ? new XElement("EncodingType", encoding) : null,
            new XElement("IsTruncated", page.IsTruncated),
            page.Entries.Select(entry => ListObjects.Contents(call, entry, S3Owner.Of(bucket.AccountId))),
            page.CommonPrefixes(call)));
    }

    /// <summary>The next marker. Amazon sends it with a delimiter only; else the last key is the marker.</summary>
    private static XElement? NextMarker(S3Call call, ListPage<ObjectVersion> page, string delimiter) =>
        page.IsTruncated && (delimiter.Length > 0 || call.IsMinio)
            ? new XElement("NextMarker", Listing.Encode(call, page.Last?.Key ?? page.LastPrefix))
            : null;
}
