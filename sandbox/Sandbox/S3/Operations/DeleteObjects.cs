using System.Xml.Linq;
using Sandbox.S3.Storage;

namespace Sandbox.S3.Operations;

/// <summary>The operation DeleteObjects: up to 1000 keys or versions in one request.</summary>
internal static class DeleteObjects
{
    public static async Task AnswerAsync(S3Call call)
    {
        var payload = await call.PayloadAsync();
        if (payload.Checksums.Count == 0 && call.Request.Headers.ContentMD5.Count == 0)
            throw S3Exception.InvalidRequest(
                "Missing required header for this request: Content-MD5 OR x-amz-checksum-*");
        var document = S3Xml.Parse(payload.Bytes);
        var objects = document.Children("Object").ToList();
        if (document?.Name.LocalName != "Delete" || objects.Count is 0 or > 1000
            || objects.Any(entry => entry.Text("Key").Length == 0))
            throw S3Exception.MalformedXml();
        var deleted = call.Store.Transaction(() =>
        {
            var bucket = call.Bucket();
            return objects.ConvertAll(entry => Delete(call.Store, bucket, entry));
        });
        await call.AnswerAsync(new XElement(
            S3Call.Xmlns + "DeleteResult", document.Text("Quiet") == "true" ? null : deleted));
    }

    private static XElement Delete(S3Store store, Bucket bucket, XElement entry)
    {
        var key = entry.Child("Key")!.Value;
        var version = entry.Text("VersionId");
        if (version.Length == 0)
        {
            var marker = store.Objects.Delete(bucket, key);
            return new XElement("Deleted", new XElement("Key", key), marker is null ? null : Marker(marker.Id));
        }

        var wasMarker = store.Objects.Version(bucket.Name, key, version) is { IsMarker: true };
        store.Objects.DeleteVersion(bucket.Name, key, version);
        return new XElement(
            "Deleted",
            new XElement("Key", key),
            new XElement("VersionId", version),
            wasMarker ? Marker(version) : null);
    }

    private static object[] Marker(string id) =>
        [new XElement("DeleteMarker", true), new XElement("DeleteMarkerVersionId", id)];
}
