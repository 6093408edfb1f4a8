using System.Text;
using System.Text.Json;
using System.Xml.Linq;

namespace Sandbox.S3.Operations;

/// <summary>Validation of a bucket's configuration documents; each method returns the document to store.</summary>
internal static class SettingDocuments
{
    public const string DefaultEncryption =
        """<ServerSideEncryptionConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Rule>""" +
        "<ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault>" +
        "<BucketKeyEnabled>false</BucketKeyEnabled></Rule></ServerSideEncryptionConfiguration>";

    private static readonly string[] PublicAccess =
        ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"];

    public static string Tagging(byte[] body) => Tagging(body, 50, "Bucket");

    /// <param name="subject">Bucket or Object, as messages name it.</param>
    public static string Tagging(byte[] body, int maxCount, string subject)
    {
        var document = ParseRoot(body, "Tagging");
        var tags = Tags(document).ToList();
        if (document.Child("TagSet") is null)
            throw S3Exception.MalformedXml();
        if (tags.Count > maxCount)
            throw new S3Exception(400, "BadRequest", $"{subject} tag count cannot be greater than {maxCount}");
        if (tags.Select(tag => tag.Key).Distinct(StringComparer.Ordinal).Count() < tags.Count)
            throw InvalidTag("Cannot provide multiple Tags with the same key");
        foreach (var (key, value) in tags)
        {
            if (key.Length is 0 or > 128)
                throw InvalidTag("The TagKey you have provided is invalid");
            if (value.Length > 256)
                throw InvalidTag("The TagValue you have provided is invalid");
            if (key.StartsWith("aws:", StringComparison.OrdinalIgnoreCase))
                throw InvalidTag("System tags cannot be added/updated by requester");
        }

        return Serialize(document);
    }

    public static IEnumerable<(string Key, string Value)> Tags(XElement? document) =>
        document.Child("TagSet").Children("Tag").Select(tag => (tag.Text("Key"), tag.Text("Value")));

    public static string PublicAccessBlock(byte[] body)
    {
        var given = ParseRoot(body, "PublicAccessBlockConfiguration");
        return Serialize(new XElement(
            S3Call.Xmlns + "PublicAccessBlockConfiguration",
            PublicAccess.Select(name => new XElement(S3Call.Xmlns + name, given.Text(name).ToLowerInvariant() switch
            {
                "true" => "true",
                "false" or "" => "false",
                _ => throw S3Exception.MalformedXml(),
            }))));
    }

    public static string OwnershipControls(byte[] body)
    {
        var document = ParseRoot(body, "OwnershipControls");
        return document.Children("Rule").ToList() is [var rule]
            && rule.Text("ObjectOwnership") is "BucketOwnerEnforced" or "BucketOwnerPreferred" or "ObjectWriter"
            ? Serialize(document)
            : throw S3Exception.MalformedXml();
    }

    /// <summary>
    /// Returns Amazon's settings for new buckets since April 2023: public access is blocked, ACLs are disabled.
    /// </summary>
    public static IEnumerable<(string Kind, string Document)> OfNewBucket(string ownership)
    {
        yield return ("publicAccessBlock", Serialize(new XElement(
            S3Call.Xmlns + "PublicAccessBlockConfiguration",
            PublicAccess.Select(name => new XElement(S3Call.Xmlns + name, "true")))));
        var rule = new XElement(
            S3Call.Xmlns + "ObjectOwnership", ownership.Length > 0 ? ownership : "BucketOwnerEnforced");
        var controls = new XElement(S3Call.Xmlns + "OwnershipControls", new XElement(S3Call.Xmlns + "Rule", rule));
        yield return ("ownershipControls", OwnershipControls(Encoding.UTF8.GetBytes(controls.ToString())));
    }

    public static string Encryption(byte[] body)
    {
        var document = ParseRoot(body, "ServerSideEncryptionConfiguration");
        var rules = document.Children("Rule").ToList();
        var algorithm = rules.FirstOrDefault().Child("ApplyServerSideEncryptionByDefault").Text("SSEAlgorithm");
        return rules.Count == 1 && algorithm is "AES256" or "aws:kms" or "aws:kms:dsse"
            ? Serialize(document)
            : throw S3Exception.MalformedXml();
    }

    public static string Lifecycle(byte[] body)
    {
        var document = ParseRoot(body, "LifecycleConfiguration");
        var rules = document.Children("Rule").ToList();
        return rules.Count is > 0 and <= 1000 && rules.All(rule => rule.Text("Status") is "Enabled" or "Disabled")
            ? Serialize(document)
            : throw S3Exception.MalformedXml();
    }

    public static string Policy(byte[] body)
    {
        try
        {
            using var policy = JsonDocument.Parse(body);
            if (policy.RootElement.ValueKind == JsonValueKind.Object
                && policy.RootElement.TryGetProperty("Statement", out _))
                return Encoding.UTF8.GetString(body);
        }
        catch (JsonException)
        {
            // Refused below, like JSON that is not a policy.
        }

        throw new S3Exception(400, "MalformedPolicy", "Policies must be valid JSON and the first byte must be '{'");
    }

    private static XElement ParseRoot(byte[] body, string name) =>
        S3Xml.Parse(body) is { } document && document.Name.LocalName == name
            ? document
            : throw S3Exception.MalformedXml();

    private static string Serialize(XElement document) => document.ToString(SaveOptions.DisableFormatting);

    private static S3Exception InvalidTag(string message) => new(400, "InvalidTag", message);
}
