using Amazon.Runtime;
using Amazon.S3;
using Sandbox.S3;

namespace Sandbox.Tests.S3;

/// <summary>The unmodified AWS SDK, configured for a server that is not Amazon's.</summary>
internal static class S3Client
{
    public static AmazonS3Client Create(
        Uri address, S3Account? account = null, Action<AmazonS3Config>? configure = null)
    {
        account ??= S3Options.DefaultAccount;
        var config = new AmazonS3Config
        {
            ServiceURL = address.OriginalString,
            ForcePathStyle = true,
            AuthenticationRegion = "us-east-1",
            MaxErrorRetry = 0,
        };
        configure?.Invoke(config);
        return new AmazonS3Client(new BasicAWSCredentials(account.AccessKey, account.SecretKey), config);
    }

    /// <summary>Runs a call that the server is expected to refuse, and returns the error.</summary>
    public static async Task<AmazonS3Exception> RefusedAsync(Func<Task> call) =>
        await Assert.ThrowsAnyAsync<AmazonS3Exception>(call);
}
