using ControlPlane.Provisioning;
using ControlPlane.Readings;
using Worker.Saga;
using Worker.Systems;
using Worker.Telemetry;

namespace Worker.Readings;

public static class TenantReading
{
    private static readonly ILookup<string, string> TypesOf = new (string System, string Type)[]
    {
        (TenantSystems.Keycloak, ResourceTypes.KeycloakRealm),
        (TenantSystems.Keycloak, ResourceTypes.KeycloakClient),
        (TenantSystems.Keycloak, ResourceTypes.KeycloakAdminUser),
        (TenantSystems.Postgres, ResourceTypes.DatabaseSchema),
        (TenantSystems.S3, ResourceTypes.StorageBucket),
    }.ToLookup(pair => pair.System, pair => pair.Type);

    /// <summary>One that is switched off is no clean one where something was made in it.</summary>
    /// <param name="systems">Those that are on.</param>
    /// <param name="resources">What was ever planned.</param>
    /// <param name="tenant">As its current attempt made it.</param>
    /// <param name="system">The one to read.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<SystemReading> OfAsync(
        IEnumerable<ITenantInSystem> systems, ResourceRecords resources, ProvisionedTenant tenant, string system,
        CancellationToken cancellationToken)
    {
        if (systems.FirstOrDefault(one => one.System == system) is { } there)
        {
            return new SystemReading(
                system, SystemReading.Read, null, null, await there.FindAsync(tenant, cancellationToken));
        }

        var made = (await resources.ListNotDeletedAsync(tenant.Tenant.Id, cancellationToken))
            .Where(resource => TypesOf[system].Contains(resource.Type))
            .Select(resource => Masked.Text($"{resource.Type} {resource.Name}"))
            .ToList();
        return new SystemReading(
            system,
            SystemReading.NotConfigured,
            made.Count == 0 ? null : $"It is switched off, and cannot be asked for {string.Join(", ", made)}.",
            null,
            []);
    }

    /// <summary>The attempt of this tenant that a mark names; null when it is not ours.</summary>
    public static int? AttemptOf(this ProvisionedTenant tenant, OwnershipMark? mark) =>
        mark is not null && mark.Installation == tenant.Mark.Installation && mark.Tenant == tenant.Mark.Tenant
            ? mark.Attempt
            : null;

    /// <summary>Whose something is, in words.</summary>
    public static string Describe(this ProvisionedTenant tenant, OwnershipMark? mark) => mark switch
    {
        null => "It carries no mark.",
        _ when mark.Installation != tenant.Mark.Installation =>
            $"It is marked as installation {mark.Installation:D}'s.",
        _ when mark.Tenant != tenant.Mark.Tenant => $"It is marked as tenant {mark.Tenant:D}'s.",
        _ => $"marked as attempt {mark.Attempt}'s",
    };
}
