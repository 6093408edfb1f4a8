using ControlPlane.Tenants;
using Microsoft.Extensions.Logging;

namespace ControlPlane.Provisioning;

/// <summary>
/// Cancels the attempt in progress. The tenant's row decides: it goes from PROVISIONING to ROLLING_BACK, and from then
/// on no step changes anything and the tenant cannot become ACTIVE. The attempt's run undoes its steps. Without a run
/// (terminated, lost, never started), a run of <see cref="IRollBackTenantWorkflow"/> does.
/// </summary>
public sealed partial class CancelProvisioning(
    GetProvisioning provisioning, GetTenant tenants, ProvisioningAttempts attempts,
    ProvisioningTransitions transitions, ProvisioningRuns runs, AttemptContradictions contradictions,
    ILogger<CancelProvisioning> logger)
{
    /// <exception cref="ControlPlaneException">
    /// The tenant does not exist; <c>wrong_state</c>: no attempt is in progress, the tenant is ACTIVE, or its run has
    /// completed; <c>unavailable</c>: Temporal cannot be reached.
    /// </exception>
    public async Task<StartedRollback> ExecuteAsync(Guid tenantId, CancellationToken cancellationToken)
    {
        var progress = await provisioning.ExecuteAsync(tenantId, cancellationToken);
        var (tenant, attempt, _) = progress;
        if (attempt is { IsOpen: true })
        {
            await contradictions.RequireNoneAsync(tenantId, attempt.Number, cancellationToken);
            // Before the row changes: a step that finds the changed row must already know that its run is cancelled.
            await runs.RequestCancelAsync(tenantId, attempt.Number, cancellationToken);
            var status = await transitions.BeginRollbackAsync(
                tenantId, attempt.Number, ProvisioningFailure.Cancel(progress.CurrentStep), cancellationToken);
            LogCancelled(tenantId, attempt.Number, status?.ToText());
            tenant = await tenants.ExecuteAsync(tenantId, cancellationToken);
            attempt = await attempts.FindAsync(tenantId, attempt.Number, cancellationToken);
        }

        return attempt switch
        {
            { State: ProvisioningAttempt.RollingBack } => new StartedRollback(
                await runs.StartRollbackAsync(tenantId, attempt, cancellationToken), tenant.Status, IsFinished: false),
            { Cancelled: true } => new StartedRollback(attempt.RunId, tenant.Status, IsFinished: true),
            _ => throw new ControlPlaneException(ErrorCode.WrongState,
                $"The tenant is {tenant.Status.ToText()}: there is no attempt in progress to cancel."),
        };
    }

    [LoggerMessage(107, LogLevel.Information,
        "Tenant {TenantId}: attempt {Attempt} is cancelled; the tenant is {Status}")]
    private partial void LogCancelled(Guid tenantId, int attempt, string? status);
}

/// <param name="RunId">The run of the rollback, also of one that has ended.</param>
/// <param name="Status">The tenant's status; it changes when the run begins.</param>
/// <param name="IsFinished">Whether the rollback had already ended, so that no run was started.</param>
public sealed record StartedRollback(string? RunId, TenantStatus Status, bool IsFinished);
