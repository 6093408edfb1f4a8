using ControlPlane.Readings;
using ControlPlane.Tenants;

namespace Api.Provisioning;

/// <param name="IsClean">
/// True if every system was read and no finding is LEFT_OVER. False if a system could not be read.
/// </param>
/// <param name="LastRollback">The last rollback of the current attempt; null if there was none.</param>
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
/// <param name="Problem">The reason why the system could not be read, or a limitation of the reading.</param>
public sealed record SystemResponse(
    string System, string State, string? Problem, DateTimeOffset? ReadAt, FindingResponse[] Found)
{
    public static SystemResponse From(SystemReading reading, Tenant tenant) => new(
        reading.System, reading.State, reading.Problem, reading.ReadAt,
        [.. reading.Found.Select(found => new FindingResponse(
            found.Type, found.Name, found.StateFor(tenant), found.Attempt, found.Detail))]);
}

/// <param name="State">
/// LIVE: made by the current attempt of a tenant that is PROVISIONING or ACTIVE. LEFT_OVER: ours, and should not exist.
/// FOREIGN: carries the tenant's name and not our mark; never touched.
/// </param>
/// <param name="Attempt">The attempt that made the object; null for a foreign object.</param>
public sealed record FindingResponse(string Type, string Name, string State, int? Attempt, string Detail);

/// <param name="State">The state of the attempt; ROLLED_BACK: nothing was found at <paramref name="ReadAt"/>.</param>
public sealed record RollbackResponse(int Attempt, string State, DateTimeOffset ReadAt, LeftResponse[] Left);

public sealed record LeftResponse(string Type, string Name, string Reason);
