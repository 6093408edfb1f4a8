using ControlPlane.Tenants;

namespace ControlPlane.Readings;

/// <summary>The answer of one outside system to "which objects of this tenant exist?".</summary>
/// <param name="System">The system's id, such as <c>keycloak</c>. It may be unknown to this process.</param>
/// <param name="State">READ, UNREADABLE, NOT_CONFIGURED or NOT_BUILT.</param>
/// <param name="Problem">
/// Why the system could not be read, or which objects could not be looked up; null when the answer is complete.
/// </param>
/// <param name="ReadAt">The time of the answer; null until there is one.</param>
public sealed record SystemReading(
    string System, string State, string? Problem, DateTimeOffset? ReadAt, IReadOnlyList<Finding> Found)
{
    public const string Read = "READ";
    public const string Unreadable = "UNREADABLE";
    public const string NotConfigured = "NOT_CONFIGURED";
    public const string NotBuilt = "NOT_BUILT";

    /// <summary>Whether the answer is complete and no object is left over.</summary>
    public bool IsCleanFor(Tenant tenant) =>
        Problem is null && Found.All(finding => finding.StateFor(tenant) != Finding.LeftOver);
}

/// <summary>An object in an outside system that has a tenant's name or mark.</summary>
/// <param name="Type">The type, such as <c>keycloak_realm</c>.</param>
/// <param name="Attempt">The tenant's attempt that made it; null for a foreign object.</param>
/// <param name="Detail">The contents, or the reason why it is foreign.</param>
public sealed record Finding(string Type, string Name, int? Attempt, string Detail)
{
    public const string Live = "LIVE";
    public const string LeftOver = "LEFT_OVER";
    public const string Foreign = "FOREIGN";

    /// <summary>
    /// LIVE: an object of the current attempt of a tenant that is PROVISIONING or ACTIVE. LEFT_OVER: of any other
    /// attempt. FOREIGN: never touched.
    /// </summary>
    public string StateFor(Tenant tenant) => Attempt switch
    {
        null => Foreign,
        { } attempt when attempt == tenant.Attempt
            && tenant.Status is TenantStatus.Provisioning or TenantStatus.Active => Live,
        _ => LeftOver,
    };
}
