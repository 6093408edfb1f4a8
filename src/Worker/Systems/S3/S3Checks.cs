using System.Security.Cryptography;
using Amazon.Runtime;
using Amazon.S3;
using Worker.Commands;
using Worker.Commands.Doctor;

namespace Worker.Systems.S3;

internal static class S3Checks
{
    public static IReadOnlyList<Check> For(CommandHost host) =>
    [
        new("object store", token => AskAsync(host, token), "Start it, and see that S3_ENDPOINT names it."),
    ];

    // Only a bucket that was really made shows the right to make one; it is empty and goes at once.
    private static async Task<CheckResult> AskAsync(CommandHost host, CancellationToken cancellationToken)
    {
        if (S3Options.From(host.Settings) is null)
        {
            return CheckResult.Problem("none is configured: tenants get no bucket",
                "Set S3_ENDPOINT (or AWS_REGION), AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, "
                + "and restart the worker.");
        }

        string bucket = $"arc-saas-doctor-{RandomNumberGenerator.GetHexString(16, lowercase: true)}";
        var s3 = host.Outside<IAmazonS3>();
        try
        {
            await host.Outside<TenantBuckets>().CreateAsync(bucket, cancellationToken);
            await s3.DeleteBucketAsync(bucket, CancellationToken.None);
            return CheckResult.Ok("it makes a bucket and deletes it");
        }
        catch (AmazonS3Exception e) when (e.ErrorCode is "InvalidAccessKeyId" or "SignatureDoesNotMatch")
        {
            return CheckResult.Problem($"it refuses the access key ({e.ErrorCode})",
                "Correct AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and restart the worker.");
        }
        catch (AmazonS3Exception e) when (e.StatusCode != 0)
        {
            return CheckResult.Problem($"it refuses a bucket ({e.ErrorCode})",
                "Give the access key the right to create and delete buckets named tenant-*, their tags and objects.");
        }
        catch (AmazonClientException e)
        {
            return CheckResult.Problem($"no answer: {e.Message}", "Start it, and see that S3_ENDPOINT names it.");
        }
    }
}
