using ControlPlane.Tenants;
using Microsoft.Extensions.Logging;

namespace ControlPlane.Provisioning;

/// <summary>
/// Cancels the attempt that is under way. The tenant's row decides: it goes from PROVISIONING to ROLLING_BACK here, and
/// from then on no step changes anything and nothing becomes ACTIVE. The run takes back what it did; where there is
/// none (terminated, lost, never started), a run of the rollback alone does.
/// </summary>
public sealed partial class CancelProvisioning(
    GetProvisioning provisioning, GetTenant tenants, ProvisioningAttempts attempts,
    ProvisioningTransitions transitions, ProvisioningRuns runs, ILogger<CancelProvisioning> logger)
{
    /// <exception cref="ControlPlaneException">
    /// No such tenant; <c>wrong_state</c>: nothing is under way, or the tenant is ACTIVE; Temporal is away.
    /// </exception>
    public async Task<StartedRollback> ExecuteAsync(Guid tenantId, CancellationToken cancellationToken)
    {
        var progress = await provisioning.ExecuteAsync(tenantId, cancellationToken);
        var (tenant, attempt, _) = progress;
        if (attempt is { IsOpen: true })
        {
            // Before the row changes: a run whose step meets the changed row knows by then that it was cancelled.
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
                $"The tenant is {tenant.Status.ToText()}: no attempt is under way that could be cancelled."),
        };
    }

    [LoggerMessage(107, LogLevel.Information,
        "Tenant {TenantId}: attempt {Attempt} is cancelled; the tenant is {Status}")]
    private partial void LogCancelled(Guid tenantId, int attempt, string? status);
}

/// <param name="RunId">The run that rolls back, or that has.</param>
/// <param name="Status">The tenant's; it changes when the run begins.</param>
/// <param name="IsFinished">The rollback has ended already: nothing was started.</param>
public sealed record StartedRollback(string? RunId, TenantStatus Status, bool IsFinished);
