using ControlPlane.Settings;

namespace Worker.Systems.S3;

/// <summary>
/// The object store: MinIO and others at <c>S3_ENDPOINT</c>, or AWS in <c>AWS_REGION</c>.
/// </summary>
/// <param name="Endpoint">Null on AWS.</param>
/// <param name="AccessKey">
/// Null when AWS's default credential chain is used, for instance the role of the machine.
/// </param>
/// <param name="ExpectedOwner">The AWS account that must own the buckets, sent with each call; null elsewhere.</param>
/// <param name="TenantCredentials">
/// <c>STORAGE_CREDENTIALS</c>: how a tenant's application gets credentials for its bucket; <c>none</c>: not at all.
/// </param>
public sealed record S3Options(
    Uri? Endpoint, string Region, string? AccessKey, string? SecretKey, string? ExpectedOwner,
    string TenantCredentials = "none")
{
    public const string Switch = "S3_ENABLED";

    public static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(20);

    private const string DefaultRegion = "us-east-1";

    /// <summary>
    /// Reads the settings; null when S3 is switched off (<c>S3_ENABLED</c>, by default on with an address or a region).
    /// </summary>
    public static S3Options? From(SettingsReader settings)
    {
        var endpoint = settings.FindSecureUrl("S3_ENDPOINT");
        string? region = settings.Find("AWS_REGION");
        string? accessKey = settings.Find("AWS_ACCESS_KEY_ID");
        if (!settings.Flag(Switch, endpoint is not null || region is not null))
        {
            return null;
        }

        if (endpoint is null && region is null)
        {
            throw new MissingSettingException("S3_ENDPOINT", "the address of an object store, or AWS_REGION for AWS");
        }

        if (endpoint is not null && accessKey is null)
        {
            throw new MissingSettingException("AWS_ACCESS_KEY_ID", "the access key for S3_ENDPOINT");
        }

        return new S3Options(
            endpoint,
            region ?? DefaultRegion,
            accessKey,
            accessKey is null ? null : settings.Require("AWS_SECRET_ACCESS_KEY", "the secret of AWS_ACCESS_KEY_ID"),
            settings.Find("S3_BUCKET_OWNER"),
            ReadTenantCredentials(settings));
    }

    private static string ReadTenantCredentials(SettingsReader settings) =>
        settings.Text("STORAGE_CREDENTIALS", "none") switch
        {
            "none" => "none",
            "sts" => throw new SettingException("STORAGE_CREDENTIALS", "'sts'",
                "none: credentials of a tenant's own bucket are not built yet"),
            var other => throw new SettingException("STORAGE_CREDENTIALS", $"'{other}'", "none"),
        };

    /// <summary>Whether the region is the one that CreateBucket must not name.</summary>
    public bool IsDefaultRegion => Region == DefaultRegion;
}
