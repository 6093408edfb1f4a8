using System.Text;
using System.Xml.Linq;
using Sandbox.S3.Storage;
using Sandbox.Storage;

namespace Sandbox.S3.Operations;

/// <summary>The operation ListObjectsV2.</summary>
internal static class ListObjects
{
    public static Task AnswerAsync(S3Call call)
    {
        if (call.Query("list-type") != "2")
            throw S3Exception.InvalidArgument($"list-type: '{call.Query("list-type")}'; expected 2.");
        var bucket = call.Bucket();
        var (prefix, delimiter) = (call.Query("prefix") ?? "", call.Query("delimiter") ?? "");
        var (token, startAfter) = (call.Query("continuation-token"), call.Query("start-after") ?? "");
        var marker = token is null ? startAfter : DecodeToken(token);
        var limit = call.Limit("max-keys");
        var page = Page(call, bucket, prefix, delimiter, marker, limit);
        return call.AnswerAsync(new XElement(
            S3Call.Xmlns + "ListBucketResult",
            new XElement("Name", bucket.Name),
            new XElement("Prefix", Listing.Encode(call, prefix)),
            token is null ? null : new XElement("ContinuationToken", token),
            startAfter.Length == 0 ? null : new XElement("StartAfter", Listing.Encode(call, startAfter)),
            new XElement("KeyCount", page.Entries.Count + page.Prefixes.Count),
            new XElement("MaxKeys", limit),
            delimiter.Length == 0 ? null : new XElement("Delimiter", Listing.Encode(call, delimiter)),
            call.Query("encoding-type") is { } encoding ? new XElement("EncodingType", encoding) : null,
            new XElement("IsTruncated", page.IsTruncated),
            page.IsTruncated
                ? new XElement("NextContinuationToken", EncodeToken(page.Last?.Key ?? page.LastPrefix))
                : null,
            page.Entries.Select(entry => Contents(
                call, entry, call.Query("fetch-owner") == "true" ? S3Owner.Of(bucket.AccountId) : null)),
            page.CommonPrefixes(call)));
    }

    /// <summary>Returns a page of the objects after the marker, for both versions of the call.</summary>
    public static ListPage<ObjectVersion> Page(
        S3Call call, Bucket bucket, string prefix, string delimiter, string marker, int limit) =>
        ListPage<ObjectVersion>.Of(
            call.Store.Objects.Current(bucket.Name, prefix).Where(
                entry => Listing.IsAfter(entry.Key, marker, delimiter)),
            entry => entry.Key,
            prefix,
            delimiter,
            limit);

    public static XElement Contents(S3Call call, ObjectVersion entry, XElement? owner) => new(
        "Contents",
        new XElement("Key", Listing.Encode(call, entry.Key)),
        new XElement("LastModified", Timestamp.Of(entry.Modified)),
        new XElement("ETag", entry.ETag),
        new XElement("Size", entry.Size),
        owner,
        new XElement("StorageClass", "STANDARD"));

    private static string EncodeToken(string key) => Convert.ToBase64String(Encoding.UTF8.GetBytes(key));

    private static string DecodeToken(string token)
    {
        var bytes = new byte[token.Length];
        return Convert.TryFromBase64String(token, bytes, out var length)
            ? Encoding.UTF8.GetString(bytes, 0, length)
            : throw S3Exception.InvalidArgument("The continuation token provided is incorrect");
    }
}
