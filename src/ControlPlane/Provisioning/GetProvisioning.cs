using ControlPlane.Tenants;

namespace ControlPlane.Provisioning;

/// <param name="Attempt">Null before the first one.</param>
/// <param name="Steps">In their order; none before the first attempt.</param>
public sealed record ProvisioningProgress(
    Tenant Tenant, ProvisioningAttempt? Attempt, IReadOnlyList<ProvisioningStep> Steps)
{
    /// <summary>The one that runs, or is the next to run.</summary>
    public string CurrentStep => Steps.First(step => step.State is not ("DONE" or "SKIPPED")).Step;
}

/// <summary>
/// How far a tenant's provisioning is, from the database alone: so also after Temporal has forgotten it.
/// </summary>
public sealed class GetProvisioning(GetTenant tenants, ProvisioningAttempts attempts)
{
    /// <exception cref="ControlPlaneException">No such tenant.</exception>
    public async Task<ProvisioningProgress> ExecuteAsync(Guid tenantId, CancellationToken cancellation)
    {
        var tenant = await tenants.ExecuteAsync(tenantId, cancellation);
        var attempt = await attempts.FindCurrentAsync(tenant, cancellation);
        return new ProvisioningProgress(
            tenant,
            attempt,
            attempt is null ? [] : await attempts.ListStepsAsync(tenantId, attempt.Number, cancellation));
    }
}
