using ControlPlane.Readings;
using ControlPlane.Tenants;

namespace Functions.Provisioning;

/// <param name="IsClean">
/// Every system was read, and there is nothing of ours but what a live tenant has. False where one could not be read.
/// </param>
/// <param name="LastRollback">Of the current attempt; null where there was none.</param>
public sealed record ResidueResponse(
    Guid TenantId, string Key, string Status, int Attempt, bool IsClean, SystemResponse[] Systems,
    RollbackResponse? LastRollback)
{
    public static ResidueResponse From(TenantResidue residue) => new(
        residue.Tenant.Id,
        residue.Tenant.Key.Value,
        residue.Tenant.Status.ToText(),
        residue.Tenant.Attempt,
        residue.IsClean,
        [.. residue.Systems.Select(system => SystemResponse.From(system, residue.Tenant))],
        residue.Attempt?.ResidueReadAt is { } readAt
            ? new RollbackResponse(residue.Attempt.Number, residue.Attempt.State, readAt,
                [.. residue.Left.Select(left => new LeftResponse(left.Type, left.Name, left.Reason))])
            : null);
}

/// <param name="System">keycloak, postgresql, s3, infrastructure, deployment or dns.</param>
/// <param name="State">READ, UNREADABLE, NOT_CONFIGURED or NOT_BUILT.</param>
/// <param name="Problem">Why it could not be read, or what cannot be looked for.</param>
public sealed record SystemResponse(
    string System, string State, string? Problem, DateTimeOffset? ReadAt, FindingResponse[] Found)
{
    public static SystemResponse From(SystemReading reading, Tenant tenant) => new(
        reading.System, reading.State, reading.Problem, reading.ReadAt,
        [.. reading.Found.Select(found => new FindingResponse(
            found.Type, found.Name, found.StateFor(tenant), found.Attempt, found.Detail))]);
}

/// <param name="State">
/// LIVE: the current attempt's, of a tenant that has it or gets it. LEFT_OVER: ours, and should be gone. FOREIGN: has
/// our name and is not ours; never touched.
/// </param>
/// <param name="Attempt">Which made it; null: it is not ours.</param>
public sealed record FindingResponse(string Type, string Name, string State, int? Attempt, string Detail);

/// <param name="State">ROLLED_BACK: nothing was found at <paramref name="ReadAt"/>.</param>
public sealed record RollbackResponse(int Attempt, string State, DateTimeOffset ReadAt, LeftResponse[] Left);

public sealed record LeftResponse(string Type, string Name, string Reason);
