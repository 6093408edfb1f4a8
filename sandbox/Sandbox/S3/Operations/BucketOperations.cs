using System.Text;
using System.Xml.Linq;
using Sandbox.Storage;

namespace Sandbox.S3.Operations;

internal static class BucketOperations
{
    private const int MaxListed = 10_000;

    public static Task ListAsync(S3Call call)
    {
        // MinIO has no pages of buckets and ignores these parameters.
        var limit = call.IsMinio ? int.MaxValue : Limit(call.Query("max-buckets"));
        var prefix = call.IsMinio ? "" : call.Query("prefix") ?? "";
        var after = call.IsMinio ? "" : Decode(call.Query("continuation-token"));
        var buckets = call.Store.Buckets.All()
            .Where(bucket => bucket.AccountId == call.Caller.AccountId
                && bucket.Name.StartsWith(prefix, StringComparison.Ordinal)
                && string.CompareOrdinal(bucket.Name, after) > 0)
            .OrderBy(bucket => bucket.Name, StringComparer.Ordinal).ToList();
        var page = buckets.Take(limit).ToList();
        return call.AnswerAsync(new XElement(
            S3Call.Xmlns + "ListAllMyBucketsResult",
            S3Owner.Of(call.Caller.AccountId),
            new XElement("Buckets", page.Select(bucket => new XElement(
                "Bucket",
                new XElement("Name", bucket.Name),
                new XElement("CreationDate", Timestamp.Of(bucket.Created))))),
            prefix.Length == 0 ? null : new XElement("Prefix", prefix),
            page.Count == buckets.Count ? null : new XElement("ContinuationToken", Encode(page[^1].Name))));
    }

    private static int Limit(string? text) => text switch
    {
        null => MaxListed,
        _ when int.TryParse(text, out var limit) && limit is >= 1 and <= MaxListed => limit,
        _ => throw S3Exception.InvalidArgument(
            $"Argument max-buckets must be an integer between 1 and {MaxListed}: '{text}'"),
    };

    private static string Encode(string name) => Convert.ToBase64String(Encoding.UTF8.GetBytes(name));

    private static string Decode(string? token)
    {
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(token ?? ""));
        }
        catch (FormatException)
        {
            throw S3Exception.InvalidArgument("The continuation token provided is incorrect");
        }
    }

    public static async Task CreateAsync(S3Call call)
    {
        BucketName.Check(call.BucketName);
        CheckLocation(await call.XmlAsync(), call);
        var ownership = call.Request.Headers["x-amz-object-ownership"].ToString();
        call.Store.Transaction(() =>
        {
            if (call.Store.Buckets.Find(call.BucketName) is { } existing)
                return AnswerExisting(existing.AccountId, call);
            call.Store.Buckets.Add(call.BucketName, call.Caller.AccountId);
            foreach (var (kind, document) in call.IsMinio ? [] : SettingDocuments.OfNewBucket(ownership))
                call.Store.Buckets.PutSetting(call.BucketName, kind, document);
            return true;
        });
        call.Response.Headers.Location = $"/{call.BucketName}";
    }

    public static Task HeadAsync(S3Call call)
    {
        call.Bucket();
        if (!call.IsMinio)
            call.Response.Headers["x-amz-bucket-region"] = call.Options.Region;
        return Task.CompletedTask;
    }

    public static Task DeleteAsync(S3Call call)
    {
        call.InBucket(bucket =>
        {
            if (call.Store.Buckets.CountVersions(bucket.Name) > 0)
                throw new S3Exception(409, "BucketNotEmpty", call.Store.Buckets.Find(bucket.Name)!.Versioning is null
                    ? "The bucket you tried to delete is not empty"
                    : "The bucket you tried to delete is not empty. You must delete all versions in the bucket.");
            call.Store.Uploads.DeleteAll(bucket.Name);
            call.Store.Buckets.Delete(bucket.Name);
        });
        call.SetStatus(StatusCodes.Status204NoContent);
        return Task.CompletedTask;
    }

    public static Task LocationAsync(S3Call call)
    {
        call.Bucket();
        // For us-east-1, the oldest region, S3 answers with an empty name.
        var region = call.Options.Region == "us-east-1" ? "" : call.Options.Region;
        return call.AnswerAsync(new XElement(S3Call.Xmlns + "LocationConstraint", region));
    }

    private static bool AnswerExisting(string accountId, S3Call call)
    {
        if (accountId != call.Caller.AccountId)
            throw new S3Exception(
                409,
                "BucketAlreadyExists",
                "The requested bucket name is not available. The bucket namespace is shared by all users of the " +
                "system. Please select a different name and try again.");
        if (call.Options.Flavour == S3Flavour.AwsUsEast1)
            return false;
        throw new S3Exception(
            409,
            "BucketAlreadyOwnedByYou",
            "Your previous request to create the named bucket succeeded and you already own it.");
    }

    private static void CheckLocation(XElement? configuration, S3Call call)
    {
        if (configuration is not null && configuration.Name.LocalName != "CreateBucketConfiguration")
            throw S3Exception.MalformedXml();
        var location = configuration.Text("LocationConstraint");
        if (location.Length > 0 && location != call.Options.Region && !call.IsMinio)
            throw new S3Exception(
                400,
                "IllegalLocationConstraintException",
                $"The {location} location constraint is incompatible for the region specific endpoint this request " +
                "was sent to.");
        if (location == "us-east-1" && !call.IsMinio)
            throw new S3Exception(400, "InvalidLocationConstraint", "The specified location-constraint is not valid");
        if (configuration.Child("Tags") is not null && !call.IsMinio)
            throw S3Exception.NotImplemented("Tags in CreateBucketConfiguration");
    }
}
