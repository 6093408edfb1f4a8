using System.Xml.Linq;
using Sandbox.S3.Storage;
using Sandbox.Storage;

namespace Sandbox.S3.Operations;

/// <summary>
/// The operation ListObjectVersions. It includes delete markers, which also keep a bucket from being empty.
/// </summary>
internal static class ListVersions
{
    public static Task AnswerAsync(S3Call call)
    {
        var bucket = call.Bucket();
        var (prefix, delimiter) = (call.Query("prefix") ?? "", call.Query("delimiter") ?? "");
        var (keyMarker, versionMarker) = (call.Query("key-marker") ?? "", call.Query("version-id-marker") ?? "");
        if (versionMarker.Length > 0 && keyMarker.Length == 0)
            throw S3Exception.InvalidArgument("A version-id marker cannot be specified without a key marker.");
        var limit = call.Limit("max-keys");
        var page = ListPage<ObjectVersion>.Of(
            After(call.Store.Objects.Versions(bucket.Name, prefix), keyMarker, versionMarker, delimiter),
            version => version.Key,
            prefix,
            delimiter,
            limit);
        return call.AnswerAsync(new XElement(
            S3Call.Xmlns + "ListVersionsResult",
            new XElement("Name", bucket.Name),
            new XElement("Prefix", Listing.Encode(call, prefix)),
            new XElement("KeyMarker", Listing.Encode(call, keyMarker)),
            new XElement("VersionIdMarker", versionMarker),
            page.IsTruncated
                ? new XElement("NextKeyMarker", Listing.Encode(call, page.Last?.Key ?? page.LastPrefix))
                : null,
            page is { IsTruncated: true, Last: { } last } ? new XElement("NextVersionIdMarker", last.Id) : null,
            new XElement("MaxKeys", limit),
            delimiter.Length == 0 ? null : new XElement("Delimiter", Listing.Encode(call, delimiter)),
            call.Query("encoding-type") is { } encoding ? new XElement("EncodingType", encoding) : null,
            new XElement("IsTruncated", page.IsTruncated),
            page.Entries.Select(version => Element(call, bucket, version)),
            page.CommonPrefixes(call)));
    }

    private static IEnumerable<ObjectVersion> After(
        List<ObjectVersion> versions, string keyMarker, string versionMarker, string delimiter)
    {
        // With both markers, the listing continues after that version of that key, if it still exists.
        var index = versionMarker.Length == 0
            ? -1
            : versions.FindIndex(version => version.Key == keyMarker && version.Id == versionMarker);
        return index >= 0
            ? versions.Skip(index + 1)
            : versions.Where(version => Listing.IsAfter(version.Key, keyMarker, delimiter));
    }

    private static XElement Element(S3Call call, Bucket bucket, ObjectVersion version) => new(
        version.IsMarker ? "DeleteMarker" : "Version",
        new XElement("Key", Listing.Encode(call, version.Key)),
        new XElement("VersionId", version.Id),
        new XElement("IsLatest", version.IsLatest),
        new XElement("LastModified", Timestamp.Of(version.Modified)),
        version.IsMarker ? null : new XElement("ETag", version.ETag),
        version.IsMarker ? null : new XElement("Size", version.Size),
        version.IsMarker ? null : new XElement("StorageClass", "STANDARD"),
        S3Owner.Of(bucket.AccountId));
}
