using ControlPlane.Tenants;

namespace ControlPlane.Readings;

/// <summary>What one system said of a tenant.</summary>
/// <param name="System">One of <see cref="TenantSystems"/>.</param>
/// <param name="State">READ, UNREADABLE, NOT_CONFIGURED or NOT_BUILT.</param>
/// <param name="Problem">
/// Why it could not be read, or what is there and cannot be looked for; null: all is said.
/// </param>
/// <param name="ReadAt">Null where it was not asked.</param>
public sealed record SystemReading(
    string System, string State, string? Problem, DateTimeOffset? ReadAt, IReadOnlyList<Finding> Found)
{
    public const string Read = "READ";
    public const string Unreadable = "UNREADABLE";
    public const string NotConfigured = "NOT_CONFIGURED";
    public const string NotBuilt = "NOT_BUILT";

    /// <summary>Whether there is something here that should not be, or nobody can say.</summary>
    public bool IsCleanFor(Tenant tenant) =>
        Problem is null && Found.All(finding => finding.StateFor(tenant) != Finding.LeftOver);
}

/// <summary>Something in an outside system that has a tenant's name or a tenant's mark.</summary>
/// <param name="Type">Such as <c>keycloak_realm</c>.</param>
/// <param name="Attempt">Of this tenant, which made it; null: it is not ours.</param>
/// <param name="Detail">What it holds, or why it is not ours.</param>
public sealed record Finding(string Type, string Name, int? Attempt, string Detail)
{
    public const string Live = "LIVE";
    public const string LeftOver = "LEFT_OVER";
    public const string Foreign = "FOREIGN";

    /// <summary>LIVE: the current attempt's, of a tenant that has it or gets it. FOREIGN: never touched.</summary>
    public string StateFor(Tenant tenant) => Attempt switch
    {
        null => Foreign,
        { } attempt when attempt == tenant.Attempt
            && tenant.Status is TenantStatus.Provisioning or TenantStatus.Active => Live,
        _ => LeftOver,
    };
}

/// <summary>The systems that a tenant may have something in.</summary>
public static class TenantSystems
{
    public const string Keycloak = "keycloak";
    public const string Postgres = "postgresql";
    public const string S3 = "s3";

    public static IReadOnlyList<string> All { get; } = [Keycloak, Postgres, S3];

    /// <summary>Not built yet: of them nothing is known, which is not the same as nothing being there.</summary>
    public static IReadOnlyList<string> NotBuilt { get; } = ["infrastructure", "deployment", "dns"];
}
