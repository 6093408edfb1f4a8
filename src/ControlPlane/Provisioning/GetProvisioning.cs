using ControlPlane.Persistence;
using ControlPlane.Tenants;
using Npgsql;

namespace ControlPlane.Provisioning;

/// <param name="Attempt">Null before the first one.</param>
/// <param name="Steps">In their order; none before the attempt's run has begun.</param>
public sealed record ProvisioningProgress(
    Tenant Tenant, ProvisioningAttempt? Attempt, IReadOnlyList<ProvisioningStep> Steps)
{
    /// <summary>The id of the step that runs, or is the next to run; null before the attempt's run has begun.</summary>
    public string? CurrentStep => Steps.FirstOrDefault(step => step.State is not ("DONE" or "SKIPPED"))?.Step;
}

/// <summary>
/// How far a tenant's provisioning is, from the database alone: so also after Temporal has forgotten it. Tenant,
/// attempt and steps are of one moment.
/// </summary>
public sealed class GetProvisioning(NpgsqlDataSource database, GetTenant tenants)
{
    /// <exception cref="ControlPlaneException">No such tenant.</exception>
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
