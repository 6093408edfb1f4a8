namespace Sandbox.S3;

/// <summary>The S3 server that is played; servers differ in supported settings and in error answers.</summary>
public enum S3Flavour
{
    /// <summary>Amazon S3 in any region except us-east-1.</summary>
    Aws,

    /// <summary>Amazon S3 in us-east-1, where a second creation of one's own bucket succeeds.</summary>
    AwsUsEast1,

    /// <summary>MinIO: no public access block, no ownership controls.</summary>
    Minio,
}

/// <summary>An owner of buckets. Tests use several accounts for buckets of other owners.</summary>
/// <param name="AccountId">Account id of twelve digits, as in x-amz-expected-bucket-owner.</param>
public sealed record S3Account(string AccessKey, string SecretKey, string AccountId);

public sealed record S3Options
{
    /// <summary>The account that `./dev up` and the tests use.</summary>
    public static S3Account DefaultAccount { get; } = new("sandbox", "sandbox-secret-key", "000000000001");

    public S3Flavour Flavour { get; init; } = S3Flavour.Aws;

    /// <summary>The region that signatures must name.</summary>
    public string Region { get; init; } = "us-east-1";

    public IReadOnlyList<S3Account> Accounts { get; init; } = [DefaultAccount];
}
