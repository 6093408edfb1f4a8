namespace ControlPlane.Tenants;

/// <summary>How much of the infrastructure is dedicated to a tenant.</summary>
public enum TenantTier
{
    /// <summary>Dedicated infrastructure (plan tier <c>enterprise</c>).</summary>
    Silo = 1,

    /// <summary>Shared infrastructure (plan tier <c>standard</c>).</summary>
    Pooled,

    /// <summary>Mixed infrastructure (plan tier <c>hybrid</c>).</summary>
    Bridge,
}

public static class TenantTierText
{
    public static string ToText(this TenantTier tier) => tier switch
    {
        TenantTier.Silo => "silo",
        TenantTier.Pooled => "pooled",
        TenantTier.Bridge => "bridge",
        _ => throw new ArgumentOutOfRangeException(nameof(tier), tier, null),
    };

    /// <summary>Parses a stored tier.</summary>
    public static TenantTier FromStorage(string text) => Parse(text, "tier");

    /// <summary>Parses the tier of a plan or our own name of a tier, ignoring case.</summary>
    /// <exception cref="ControlPlaneException">The tier is unknown; the message lists the known ones.</exception>
    public static TenantTier Parse(string text, string field) =>
        text.ToLowerInvariant() switch
        {
            "enterprise" or "silo" => TenantTier.Silo,
            "standard" or "pooled" => TenantTier.Pooled,
            "hybrid" or "bridge" => TenantTier.Bridge,
            _ => throw ControlPlaneException.Invalid(field,
                "The tier is unknown; known are enterprise (silo), standard (pooled) and hybrid (bridge)."),
        };
}
