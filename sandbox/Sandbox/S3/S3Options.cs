namespace Sandbox.S3;

/// <summary>Whose S3 is played: what a server does not know, it refuses in its own words.</summary>
public enum S3Flavour
{
    /// <summary>Amazon S3 in every region but us-east-1.</summary>
    Aws,

    /// <summary>Amazon S3 in us-east-1, where creating one's own bucket again is a success.</summary>
    AwsUsEast1,

    /// <summary>MinIO: no public access block, no ownership controls.</summary>
    Minio,
}

/// <summary>One owner of buckets. Several of them play somebody else's buckets.</summary>
/// <param name="AccountId">Twelve digits, as in x-amz-expected-bucket-owner.</param>
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
