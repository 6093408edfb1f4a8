using ControlPlane.Tenants;
using Microsoft.Extensions.Logging;

namespace ControlPlane.Provisioning;

/// <summary>
/// Resumes the rollback of the current attempt: after ROLLBACK_INCOMPLETE, or when the attempt has no running workflow.
/// Finds the open run of the rollback or starts one; repeated calls share one run. Rejects an attempt that an open run
/// provisions, and never touches a later attempt.
/// </summary>
public sealed partial class ResumeRollback(
    GetProvisioning provisioning, GetTenant tenants, ProvisioningAttempts attempts,
    ProvisioningTransitions transitions, ProvisioningRuns runs, AttemptContradictions contradictions,
    ILogger<ResumeRollback> logger)
{
    /// <exception cref="ControlPlaneException">
    /// The tenant does not exist; <c>wrong_state</c>: there is nothing to roll back, an open run provisions the tenant,
    /// or its run has completed; <c>unavailable</c>: Temporal cannot be reached.
    /// </exception>
    public async Task<StartedRollback> ExecuteAsync(Guid tenantId, CancellationToken cancellationToken) =>
        await ExecuteAsync(await provisioning.ExecuteAsync(tenantId, cancellationToken), cancellationToken);

    /// <summary>
    /// Resumes the rollback of this attempt only: a later one may have begun since the caller read it.
    /// </summary>
    /// <exception cref="ControlPlaneException">
    /// As above; <c>stale_attempt</c>: the attempt is no longer the current one.
    /// </exception>
    public async Task<StartedRollback> ExecuteAsync(Guid tenantId, int attempt, CancellationToken cancellationToken)
    {
        var progress = await provisioning.ExecuteAsync(tenantId, cancellationToken);
        return progress.Tenant.Attempt == attempt
            ? await ExecuteAsync(progress, cancellationToken)
            : throw new ControlPlaneException(ErrorCode.StaleAttempt,
                $"Attempt {attempt} is no longer the tenant's current one.");
    }

    private async Task<StartedRollback> ExecuteAsync(ProvisioningProgress progress, CancellationToken cancellationToken)
    {
        var (tenant, attempt, _) = progress;
        var tenantId = tenant.Id;
        if (attempt is { IsOpen: true })
        {
            if (await runs.FindOpenAsync(tenantId, attempt.Number, cancellationToken) is { } run)
            {
                throw new ControlPlaneException(ErrorCode.WrongState,
                    $"The tenant is being provisioned by run {run}. Cancel the provisioning to roll it back.");
            }

            await contradictions.RequireNoneAsync(tenantId, attempt.Number, cancellationToken);
            await transitions.BeginRollbackAsync(
                tenantId, attempt.Number, ProvisioningFailure.RunLost(progress.CurrentStep), cancellationToken);
            LogRunLost(tenantId, attempt.Number);
            tenant = await tenants.ExecuteAsync(tenantId, cancellationToken);
            attempt = await attempts.FindAsync(tenantId, attempt.Number, cancellationToken);
        }

        return attempt?.State switch
        {
            ProvisioningAttempt.RollingBack or ProvisioningAttempt.RollbackIncomplete => new StartedRollback(
                await runs.StartRollbackAsync(tenantId, attempt, cancellationToken), tenant.Status, IsFinished: false),
            ProvisioningAttempt.RolledBack => new StartedRollback(attempt.RunId, tenant.Status, IsFinished: true),
            _ => throw new ControlPlaneException(ErrorCode.WrongState,
                $"The tenant is {tenant.Status.ToText()}: there is nothing to roll back."),
        };
    }

    [LoggerMessage(108, LogLevel.Warning,
        "Tenant {TenantId}: attempt {Attempt} has no running workflow; rolling it back")]
    private partial void LogRunLost(Guid tenantId, int attempt);
}
