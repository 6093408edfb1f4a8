using System.Globalization;
using System.Text.RegularExpressions;
using ControlPlane.Settings;

namespace ControlPlane.Tenants;

/// <summary>The settings of keys and of the names that are derived from them. All processes have the same.</summary>
/// <param name="MaxLength">
/// <c>TENANT_KEY_MAX_LENGTH</c>: the maximum length of a new tenant's key, 10 by default, at most 50.
/// </param>
/// <param name="BucketPrefix">
/// <c>BUCKET_PREFIX</c>: the beginning of every bucket's name, empty by default. The names of buckets are global:
/// without it, another account may have the name of a key's bucket.
/// </param>
/// <param name="Reserved"><c>RESERVED_KEYS</c>: keys that are reserved beside the built-in ones.</param>
public sealed partial record TenantKeyOptions(
    int MaxLength, string BucketPrefix = "", params IReadOnlyList<string> Reserved)
{
    /// <exception cref="SettingException">A setting is invalid, or the prefix leaves no room for the key.</exception>
    public static TenantKeyOptions From(SettingsReader settings)
    {
        int maxLength = settings.Number(
            "TENANT_KEY_MAX_LENGTH", TenantKey.MaxLength, TenantKey.MinLength, TenantKey.MaxConfigurableLength);
        return new TenantKeyOptions(maxLength, ReadBucketPrefix(settings, maxLength), ReadReserved(settings));
    }

    /// <summary>Parses the key of a new tenant.</summary>
    /// <exception cref="ControlPlaneException">The text is not a key, or is reserved.</exception>
    public TenantKey Parse(string? text)
    {
        var key = TenantKey.Parse(text, maxLength: MaxLength);
        return Reserved.Contains(key.Value) ? throw TenantKey.Reserved(key, "key") : key;
    }

    private static string ReadBucketPrefix(SettingsReader settings, int maxLength)
    {
        string prefix = settings.Text("BUCKET_PREFIX", "");
        int room = TenantKey.MaxConfigurableLength - maxLength;
        if (prefix.Length > room)
        {
            throw new SettingException("BUCKET_PREFIX", string.Create(
                CultureInfo.InvariantCulture, $"{prefix.Length} characters"), string.Create(
                CultureInfo.InvariantCulture,
                $"at most {room}, since a bucket's name has 63 and TENANT_KEY_MAX_LENGTH is {maxLength}"));
        }

        return prefix.Length == 0 || (Prefix().IsMatch(prefix) && !ReservedPrefix().IsMatch(prefix))
            ? prefix
            : throw new SettingException("BUCKET_PREFIX", $"'{prefix}'",
                "a to z, 0 to 9 and hyphens, not a hyphen first, and none of the reserved beginnings xn--, sthree- and "
                + "amzn-s3-demo-");
    }

    private static string[] ReadReserved(SettingsReader settings)
    {
        string[] reserved = (settings.Find("RESERVED_KEYS") ?? "").Split(
            [',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return reserved.FirstOrDefault(word => !TenantKey.HasForm(word)) is { } wrong
            ? throw new SettingException("RESERVED_KEYS", $"'{wrong}'",
                "keys of a to z and 0 to 9 that begin with a letter, separated by comma or space")
            : reserved;
    }

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9-]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Prefix();

    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
    [GeneratedRegex(@"\A(?:xn--|sthree-|amzn-s3-demo-)", RegexOptions.CultureInvariant)]
    private static partial Regex ReservedPrefix();
}
