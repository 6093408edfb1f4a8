using ControlPlane.Tenants;
using Microsoft.Extensions.Logging;

namespace ControlPlane.Provisioning;

/// <summary>
/// Goes on with the rollback of the current attempt: after one that left something behind, and where no run looks after
/// the attempt any more. Finds the run that is at it, or starts one; called any number of times there is one. Never
/// takes an attempt away from a run that is open, and never touches a higher attempt.
/// </summary>
public sealed partial class ResumeRollback(
    GetProvisioning provisioning, GetTenant tenants, ProvisioningAttempts attempts,
    ProvisioningTransitions transitions, ProvisioningRuns runs, ILogger<ResumeRollback> logger)
{
    /// <exception cref="ControlPlaneException">
    /// No such tenant; <c>wrong_state</c>: there is nothing to roll back, or a run provisions the tenant right now;
    /// Temporal is away.
    /// </exception>
    public async Task<StartedRollback> ExecuteAsync(Guid tenantId, CancellationToken cancellationToken) =>
        await ExecuteAsync(await provisioning.ExecuteAsync(tenantId, cancellationToken), cancellationToken);

    /// <summary>Of this attempt and no other: it was looked at before, and a higher one may have begun since.</summary>
    /// <exception cref="ControlPlaneException">
    /// As above; <c>stale_attempt</c>: it is not the current one any more.
    /// </exception>
    public async Task<StartedRollback> ExecuteAsync(Guid tenantId, int attempt, CancellationToken cancellationToken)
    {
        var progress = await provisioning.ExecuteAsync(tenantId, cancellationToken);
        return progress.Tenant.Attempt == attempt
            ? await ExecuteAsync(progress, cancellationToken)
            : throw new ControlPlaneException(ErrorCode.StaleAttempt,
                $"Attempt {attempt} is not the tenant's current one any more.");
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
                    $"The tenant is being provisioned by run {run}. Cancel the provisioning to have it rolled back.");
            }

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
        "Tenant {TenantId}: no run looks after attempt {Attempt} any more; it is rolled back")]
    private partial void LogRunLost(Guid tenantId, int attempt);
}
