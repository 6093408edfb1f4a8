using ControlPlane.Persistence;
using ControlPlane.Tenants;
using Npgsql;

namespace ControlPlane.Provisioning;

/// <param name="Attempt">The current attempt; null before the first one.</param>
/// <param name="Steps">The steps in their order; empty before the attempt's run has begun.</param>
public sealed record ProvisioningProgress(
    Tenant Tenant, ProvisioningAttempt? Attempt, IReadOnlyList<ProvisioningStep> Steps)
{
    /// <summary>The id of the running or next step; null before the attempt's run has begun.</summary>
    public string? CurrentStep => Steps.FirstOrDefault(step => step.State is not ("DONE" or "SKIPPED"))?.Step;
}

/// <summary>
/// Reads the progress of a tenant's provisioning from the database alone, so also after the end of Temporal's
/// retention. Tenant, attempt and steps come from one snapshot.
/// </summary>
public sealed class GetProvisioning(NpgsqlDataSource database, GetTenant tenants)
{
    /// <exception cref="ControlPlaneException">The tenant does not exist.</exception>
    public Task<ProvisioningProgress> ExecuteAsync(Guid tenantId, CancellationToken cancellationToken) =>
        database.InSnapshotAsync(async connection =>
        {
            var tenant = await tenants.ExecuteAsync(connection, tenantId, cancellationToken);
            return new ProvisioningProgress(
                tenant,
                await ProvisioningAttempts.FindCurrentAsync(connection, tenant, cancellationToken),
                await ProvisioningAttempts.ListCurrentStepsAsync(connection, tenant, cancellationToken));
        }, cancellationToken);
}
