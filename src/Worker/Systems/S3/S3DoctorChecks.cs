using System.Security.Cryptography;
using Amazon.Runtime;
using Amazon.S3;
using ControlPlane.Tenants;
using Worker.Commands;
using Worker.Commands.Doctor;

namespace Worker.Systems.S3;

internal static class S3DoctorChecks
{
    public static IReadOnlyList<DoctorCheck> For(CommandHost host) =>
    [
        new("object store", token => BucketAsync(host, token), "Start the object store and check S3_ENDPOINT."),
    ];

    // Only a created bucket proves the right to create one. It is empty and deleted at once.
    private static async Task<DoctorResult> BucketAsync(CommandHost host, CancellationToken cancellationToken)
    {
        if (S3Options.From(host.Settings) is null)
        {
            return DoctorResult.Problem("it is switched off: tenants get no bucket",
                "Set S3_ENDPOINT (or AWS_REGION), AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, "
                + "and restart the worker.");
        }

        string prefix = host.GetService<TenantKeyOptions>().BucketPrefix;
        string bucket = $"{prefix}arc-saas-doctor-{RandomNumberGenerator.GetHexString(16, lowercase: true)}";
        if (bucket.Length > 63)
        {
            bucket = prefix + RandomNumberGenerator.GetHexString(8, lowercase: true);
        }

        var s3 = host.GetService<IAmazonS3>();
        try
        {
            await host.GetService<TenantBuckets>().CreateAsync(bucket, cancellationToken);
            await s3.DeleteBucketAsync(bucket, CancellationToken.None);
            return DoctorResult.Ok("it creates a bucket and deletes it");
        }
        catch (AmazonS3Exception e) when (e.ErrorCode is "InvalidAccessKeyId" or "SignatureDoesNotMatch")
        {
            return DoctorResult.Problem($"it refuses the access key ({e.ErrorCode})",
                "Correct AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and restart the worker.");
        }
        catch (AmazonS3Exception e) when (e.StatusCode != 0)
        {
            return DoctorResult.Problem($"it refuses to create or delete a bucket ({e.ErrorCode})",
                $"Give the access key the right to create and delete buckets named {prefix}tenant-*, their tags and "
                + "objects.");
        }
        catch (AmazonClientException e)
        {
            return DoctorResult.Problem($"no answer: {e.Message}", "Start the object store and check S3_ENDPOINT.");
        }
    }
}
