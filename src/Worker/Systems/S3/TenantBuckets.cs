using System.Globalization;
using System.Net;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.S3;
using Amazon.S3.Model;
using ControlPlane;
using ControlPlane.Tenants;

namespace Worker.Systems.S3;

/// <summary>
/// Creates and deletes the private bucket of a tenant, which is marked by its tags. A bucket cannot be created together
/// with its tags. The creator therefore first stores the server's time at which the bucket was absent. An empty,
/// untagged bucket of this account that was created since then is its own: the answer to its creation was lost.
/// </summary>
public sealed class TenantBuckets(IAmazonS3 s3, S3Options options)
{
    /// <summary>The page size of S3.</summary>
    public const int MaxCounted = 1000;

    /// <summary>The page size of the list of buckets. AWS refuses a list of more than 10 000 without pages.</summary>
    private const int MaxListed = 1000;

    /// <summary>Returns the server's time when the bucket does not exist; null when it exists.</summary>
    /// <exception cref="ControlPlaneException">The bucket belongs to another account.</exception>
    public async Task<DateTimeOffset?> FindAbsenceTimeAsync(string bucket, CancellationToken cancellationToken)
    {
        try
        {
            await s3.HeadBucketAsync(
                new HeadBucketRequest { BucketName = bucket, ExpectedBucketOwner = options.ExpectedOwner },
                cancellationToken);
            return null;
        }
        catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.NotFound)
        {
            return ServerTime(e);
        }
        catch (AmazonS3Exception e) when (e.StatusCode
            is HttpStatusCode.BadRequest or HttpStatusCode.Forbidden or HttpStatusCode.MovedPermanently)
        {
            // An answer to HEAD has no error code. Refused credentials (403; 400 for an expired session) are refused
            // to the next call too, with their code. Otherwise 403 and 301 are a bucket of another account.
            if (await FindOwnAsync(bucket, cancellationToken) is not null || e.StatusCode == HttpStatusCode.BadRequest)
            {
                throw;
            }

            throw new ControlPlaneException(ErrorCode.OwnershipConflict,
                $"The bucket {bucket} already exists and belongs to another account. It was not changed.");
        }
    }

    /// <summary>Determines the owner of a bucket; null when the bucket does not exist.</summary>
    /// <param name="bucket">The name of the bucket.</param>
    /// <param name="mark">The mark of the attempt.</param>
    /// <param name="absentAt">
    /// The time at which the bucket was absent, as this attempt recorded it before any creation; null without a record.
    /// </param>
    /// <param name="cancellationToken">Cancels the calls.</param>
    public async Task<Ownership?> GetOwnershipAsync(
        string bucket, OwnershipMark mark, DateTimeOffset? absentAt, CancellationToken cancellationToken)
    {
        if (await FindAbsenceTimeAsync(bucket, cancellationToken) is not null)
        {
            return null;
        }

        var tags = await TagsAsync(bucket, cancellationToken);
        if (tags.Count > 0)
        {
            return mark.GetOwnership(OwnershipMark.FromTags(tags));
        }

        return absentAt is { } since && await IsEmptyAndCreatedSinceAsync(bucket, since, cancellationToken)
            ? Ownership.LowerAttempt
            : Ownership.Foreign;
    }

    /// <returns>False when a bucket with this name already exists, ours or not.</returns>
    public async Task<bool> CreateAsync(string bucket, CancellationToken cancellationToken)
    {
        try
        {
            await s3.PutBucketAsync(new PutBucketRequest
            {
                BucketName = bucket,
                BucketRegionName = options.IsDefaultRegion ? null : options.Region,
                ObjectOwnership = ObjectOwnership.BucketOwnerEnforced,
            }, cancellationToken);
            return true;
        }
        catch (AmazonS3Exception e) when (e.ErrorCode is "BucketAlreadyOwnedByYou" or "BucketAlreadyExists")
        {
            return false;
        }
    }

    public Task TagAsync(string bucket, OwnershipMark mark, CancellationToken cancellationToken) =>
        s3.PutBucketTaggingAsync(new PutBucketTaggingRequest
        {
            BucketName = bucket,
            ExpectedBucketOwner = options.ExpectedOwner,
            TagSet = [.. mark.Tags.Select(tag => new Tag { Key = tag.Key, Value = tag.Value })],
        }, cancellationToken);

    /// <summary>Prevents that any object of the bucket becomes public.</summary>
    /// <returns>False when the server does not support this; stores other than AWS are private without it.</returns>
    public async Task<bool> BlockPublicAccessAsync(string bucket, CancellationToken cancellationToken)
    {
        try
        {
            await s3.PutPublicAccessBlockAsync(new PutPublicAccessBlockRequest
            {
                BucketName = bucket,
                ExpectedBucketOwner = options.ExpectedOwner,
                PublicAccessBlockConfiguration = new PublicAccessBlockConfiguration
                {
                    BlockPublicAcls = true,
                    BlockPublicPolicy = true,
                    IgnorePublicAcls = true,
                    RestrictPublicBuckets = true,
                },
            }, cancellationToken);
            return true;
        }
        catch (AmazonS3Exception e) when (IsNotSupported(e))
        {
            return false;
        }
    }

    /// <summary>
    /// Deletes every version, delete marker and unfinished upload, then the bucket. Absent objects are not an error.
    /// </summary>
    /// <param name="bucket">A bucket that is ours to delete.</param>
    /// <param name="beforeChange">Called before each deletion; throws when the caller is stale.</param>
    /// <param name="cancellationToken">Cancels the deletion between two calls.</param>
    public async Task DeleteAsync(string bucket, Func<Task> beforeChange, CancellationToken cancellationToken)
    {
        try
        {
            await DeleteVersionsAsync(bucket, beforeChange, cancellationToken);
            await AbortUploadsAsync(bucket, beforeChange, cancellationToken);
            await beforeChange();
            await s3.DeleteBucketAsync(
                new DeleteBucketRequest { BucketName = bucket, ExpectedBucketOwner = options.ExpectedOwner },
                cancellationToken);
        }
        catch (AmazonS3Exception e) when (e.ErrorCode == "NoSuchBucket" || e.StatusCode == HttpStatusCode.NotFound)
        {
            // Already deleted.
        }
    }

    /// <summary>Lists the buckets of this account that have the name of a tenant's bucket.</summary>
    public async Task<IReadOnlyList<string>> ListNamesAsync(CancellationToken cancellationToken) =>
        [.. (await ListAllAsync(cancellationToken)).Where(TenantResources.IsTenantBucketName)];

    /// <summary>Lists the buckets of this account whose name begins with a prefix.</summary>
    public async Task<IReadOnlyList<string>> ListNamesAsync(string prefix, CancellationToken cancellationToken) =>
        [.. (await ListAllAsync(cancellationToken)).Where(name => name.StartsWith(prefix, StringComparison.Ordinal))];

    /// <summary>Reads the mark in a bucket's tags; null without a readable mark or without the bucket.</summary>
    public async Task<OwnershipMark?> ReadMarkAsync(string bucket, CancellationToken cancellationToken)
    {
        try
        {
            return OwnershipMark.FromTags(await TagsAsync(bucket, cancellationToken));
        }
        catch (AmazonS3Exception e) when (e.ErrorCode == "NoSuchBucket")
        {
            return null;
        }
    }

    /// <summary>Counts the object versions in a bucket, up to <see cref="MaxCounted"/>.</summary>
    public async Task<int> CountAsync(string bucket, CancellationToken cancellationToken) =>
        (await VersionsAsync(bucket, cancellationToken)).Count;

    private async Task DeleteVersionsAsync(
        string bucket, Func<Task> beforeChange, CancellationToken cancellationToken)
    {
        while (await VersionsAsync(bucket, cancellationToken) is { Count: > 0 } page)
        {
            await beforeChange();
            await s3.DeleteObjectsAsync(new DeleteObjectsRequest
            {
                BucketName = bucket,
                ExpectedBucketOwner = options.ExpectedOwner,
                Quiet = true,
                Objects = page,
            }, cancellationToken);
        }
    }

    private async Task AbortUploadsAsync(string bucket, Func<Task> beforeChange, CancellationToken cancellationToken)
    {
        while (await UploadsAsync(bucket, cancellationToken) is { Count: > 0 } page)
        {
            foreach (var upload in page)
            {
                await beforeChange();
                await s3.AbortMultipartUploadAsync(new AbortMultipartUploadRequest
                {
                    BucketName = bucket,
                    Key = upload.Key,
                    UploadId = upload.UploadId,
                    ExpectedBucketOwner = options.ExpectedOwner,
                }, cancellationToken);
            }
        }
    }

    private async Task<List<MultipartUpload>> UploadsAsync(string bucket, CancellationToken cancellationToken) =>
        (await s3.ListMultipartUploadsAsync(
            new ListMultipartUploadsRequest { BucketName = bucket, ExpectedBucketOwner = options.ExpectedOwner },
            cancellationToken)).MultipartUploads ?? [];

    private async Task<List<KeyVersion>> VersionsAsync(string bucket, CancellationToken cancellationToken)
    {
        var page = await s3.ListVersionsAsync(
            new ListVersionsRequest { BucketName = bucket, ExpectedBucketOwner = options.ExpectedOwner },
            cancellationToken);
        return [.. (page.Versions ?? []).Select(v => new KeyVersion { Key = v.Key, VersionId = v.VersionId })];
    }

    private async Task<List<string>> ListAllAsync(CancellationToken cancellationToken)
    {
        // A server without pages answers with all buckets, and without a token.
        var request = new ListBucketsRequest { MaxBuckets = MaxListed };
        var names = new List<string>();
        do
        {
            var page = await s3.ListBucketsAsync(request, cancellationToken);
            names.AddRange((page.Buckets ?? []).Select(bucket => bucket.BucketName));
            request.ContinuationToken = page.ContinuationToken;
        }
        while (!string.IsNullOrEmpty(request.ContinuationToken));
        return names;
    }

    private async Task<Dictionary<string, string>> TagsAsync(string bucket, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await s3.GetBucketTaggingAsync(
                new GetBucketTaggingRequest { BucketName = bucket, ExpectedBucketOwner = options.ExpectedOwner },
                cancellationToken);
            return (answer.TagSet ?? []).ToDictionary(tag => tag.Key, tag => tag.Value);
        }
        catch (AmazonS3Exception e) when (e.ErrorCode == "NoSuchTagSet")
        {
            return [];
        }
    }

    private async Task<bool> IsEmptyAndCreatedSinceAsync(
        string bucket, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var found = await FindOwnAsync(bucket, cancellationToken);
        return found?.CreationDate is { } at
            && new DateTimeOffset(at.ToUniversalTime()) >= since
            && await CountAsync(bucket, cancellationToken) == 0;
    }

    // S3 lists only the buckets of this account.
    private async Task<S3Bucket?> FindOwnAsync(string bucket, CancellationToken cancellationToken) =>
        (await s3.ListBucketsAsync(cancellationToken)).Buckets?.FirstOrDefault(b => b.BucketName == bucket);

    // MinIO has no public access block, and answers with one of several codes.
    private static bool IsNotSupported(AmazonS3Exception e) =>
        e.StatusCode == HttpStatusCode.NotImplemented || e.ErrorCode is "NotImplemented" or "MalformedXML";

    private static DateTimeOffset ServerTime(AmazonServiceException e)
    {
        string? date = (e.InnerException as HttpErrorResponseException)?.Response.GetHeaderValue("Date");
        return DateTimeOffset.TryParse(
            date, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
                ? time
                : throw new OutsideSystemException(
                    "S3", HttpStatusCode.BadGateway, ErrorClass.Temporary, "HEAD bucket", "no Date in the answer");
    }
}
