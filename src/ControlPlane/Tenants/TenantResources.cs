using ControlPlane.Security;

namespace ControlPlane.Tenants;

/// <summary>
/// The names of a tenant's objects in outside systems. They are derived from the key and never taken from the answer of
/// a step, so that an undo works even if that answer was lost.
/// </summary>
public sealed record TenantResources
{
    private TenantResources(TenantKey key, string bucketPrefix)
    {
        Realm = RealmOf(key);
        Client = ClientOf(key);
        Schema = $"tenant_{key}";
        Bucket = $"{bucketPrefix}tenant-{key}-files";
    }

    /// <summary>The Keycloak realm.</summary>
    public string Realm { get; }

    /// <summary>The OpenID Connect client of the application in the realm.</summary>
    public string Client { get; }

    /// <summary>
    /// The PostgreSQL schema and the role that owns it; both have this name, of at most 63 bytes.
    /// </summary>
    public string Schema { get; }

    /// <summary>The S3 bucket, of 3 to 63 characters.</summary>
    public string Bucket { get; }

    /// <summary>
    /// Returns whether a name has the form of a tenant's bucket, with any prefix. This finds all of them, as buckets
    /// cannot be renamed.
    /// </summary>
    public static bool IsTenantBucketName(string name) =>
        name.Contains("tenant-", StringComparison.Ordinal) && name.EndsWith("-files", StringComparison.Ordinal);

    /// <param name="key">The tenant's key.</param>
    /// <param name="bucketPrefix">The <see cref="TenantKeyOptions.BucketPrefix"/> of the installation.</param>
    public static TenantResources For(TenantKey key, string bucketPrefix) => new(key, bucketPrefix);

    /// <summary>Returns the name of the Keycloak realm.</summary>
    public static string RealmOf(TenantKey key) => $"tenant-{key}";

    /// <summary>Returns the name of the application's client in the realm.</summary>
    public static string ClientOf(TenantKey key) => $"{key}-app";

    /// <summary>Returns the id of a realm, which is its mark: the tenant's own realm admin cannot change it.</summary>
    public static Guid RealmId(Guid installation, Guid tenantId, int attempt) =>
        NameBasedId.Create(installation, $"realm:{tenantId:D}:{attempt}");
}
