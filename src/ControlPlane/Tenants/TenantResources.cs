using ControlPlane.Security;

namespace ControlPlane.Tenants;

/// <summary>
/// The names of everything a tenant owns, derived from its key and never carried from a step's answer: so an undo
/// works even when the answer of its step was lost.
/// </summary>
public sealed record TenantResources
{
    private TenantResources(string key)
    {
        Realm = $"tenant-{key}";
        Client = $"{key}-app";
        Schema = $"tenant_{key}";
        Bucket = $"tenant-{key}-files";
    }

    /// <summary>Keycloak realm.</summary>
    public string Realm { get; }

    /// <summary>OpenID Connect client of the application in that realm.</summary>
    public string Client { get; }

    /// <summary>
    /// PostgreSQL schema and the role that owns it (both have this name; PostgreSQL allows 63 bytes).
    /// </summary>
    public string Schema { get; }

    /// <summary>S3 bucket (3 to 63 characters).</summary>
    public string Bucket { get; }

    /// <summary>Whether a bucket has a name as those of tenants: a bucket cannot be renamed.</summary>
    public static bool IsBucket(string name) =>
        name.StartsWith("tenant-", StringComparison.Ordinal) && name.EndsWith("-files", StringComparison.Ordinal);

    public static TenantResources For(TenantKey key) => new(key.Value);

    /// <summary>The mark on a realm: its id, which the tenant's own realm-admin cannot change.</summary>
    public static Guid RealmId(Guid installation, Guid tenantId, int attempt) =>
        NameBasedId.Create(installation, $"realm:{tenantId:D}:{attempt}");
}
