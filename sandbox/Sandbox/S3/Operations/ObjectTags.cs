using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.WebUtilities;
using Sandbox.S3.Storage;

namespace Sandbox.S3.Operations;

/// <summary>
/// The tags of an object: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html . They are stored
/// with the object's headers, in the form of the header that sets them.
/// </summary>
internal static class ObjectTags
{
    public const string HeaderName = "x-amz-tagging";

    private const int MaxCount = 10;

    public static Task GetAsync(S3Call call)
    {
        var (bucket, version) = call.InBucket(bucket => (bucket, ObjectOperations.Find(call, bucket)));
        ObjectOperations.VersionHeader(call.Response, bucket, version.Id);
        return call.AnswerAsync(new XElement(
            S3Call.Xmlns + "Tagging",
            new XElement(
                "TagSet",
                Parse(version.Headers.GetValueOrDefault(HeaderName, "")).Select(tag => new XElement(
                    "Tag", new XElement("Key", tag.Key), new XElement("Value", tag.Value))))));
    }

    public static async Task PutAsync(S3Call call)
    {
        var body = (await call.PayloadAsync()).Bytes;
        var document = S3Xml.Parse(Encoding.UTF8.GetBytes(SettingDocuments.Tagging(body, MaxCount, "Object")));
        Set(call, Format(SettingDocuments.Tags(document)));
        call.SetStatus(StatusCodes.Status200OK);
    }

    public static Task DeleteAsync(S3Call call)
    {
        Set(call, "");
        call.SetStatus(StatusCodes.Status204NoContent);
        return Task.CompletedTask;
    }

    /// <summary>Returns the value of the header after a check; null if the request has none.</summary>
    public static string? FromHeader(HttpRequest request)
    {
        var given = request.Headers[HeaderName].ToString();
        if (given.Length == 0)
            return null;
        var tags = Parse(given).ToList();
        if (tags.Count > MaxCount)
            throw new S3Exception(400, "BadRequest", $"Object tags cannot be greater than {MaxCount}");
        return tags.Select(tag => tag.Key).Distinct(StringComparer.Ordinal).Count() == tags.Count
            ? Format(tags)
            : throw S3Exception.InvalidArgument("The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded "
                + "URL query parameters without tag name duplicates.");
    }

    public static int Count(ObjectVersion version) => Parse(version.Headers.GetValueOrDefault(HeaderName, "")).Count();

    private static void Set(S3Call call, string tags) => call.InBucket(bucket =>
    {
        var version = ObjectOperations.Find(call, bucket);
        var headers = version.Headers.Where(header => header.Key != HeaderName).ToDictionary();
        if (tags.Length > 0)
            headers[HeaderName] = tags;
        call.Store.Objects.SetHeaders(bucket.Name, version, headers);
        ObjectOperations.VersionHeader(call.Response, bucket, version.Id);
    });

    private static IEnumerable<(string Key, string Value)> Parse(string header) => QueryHelpers.ParseQuery(header)
        .SelectMany(pair => pair.Value.Select(value => (pair.Key, value ?? "")));

    private static string Format(IEnumerable<(string Key, string Value)> tags) => string.Join(
        '&', tags.Select(tag => $"{Uri.EscapeDataString(tag.Key)}={Uri.EscapeDataString(tag.Value)}"));
}
