using ControlPlane.Persistence;
using ControlPlane.Tenants;
using Npgsql;

namespace ControlPlane.Provisioning;

public sealed partial class ProvisioningTransitions
{
    /// <summary>PROVISIONING → ROLLING_BACK. The tenant's row alone decides whether the attempt is undone.</summary>
    /// <returns>ROLLING_BACK: undo. ACTIVE: continue. Otherwise, or null: the attempt is stale or has ended.</returns>
    public Task<TenantStatus?> BeginRollbackAsync(
        Guid tenantId, int attempt, ProvisioningFailure failure, CancellationToken cancellationToken) =>
        database.InTransactionAsync(async connection =>
        {
            var status = await LockAsync(connection, tenantId, attempt, cancellationToken);
            // A run that is cancelled before its first step finds the status that preceded the attempt.
            if (status is TenantStatus.Provisioning or TenantStatus.PendingProvision or TenantStatus.ProvisionFailed
                && await SetAttemptAsync(
                    connection, tenantId, attempt, "ROLLING_BACK", ["RECORDED", "RUNNING"], cancellationToken))
            {
                status = await SetStatusAsync(connection, tenantId, TenantStatus.RollingBack, cancellationToken);
                await SaveFailureAsync(connection, tenantId, attempt, failure, cancellationToken);
            }

            return status;
        }, cancellationToken);

    /// <summary>ROLLBACK_INCOMPLETE → ROLLING_BACK, for a run that resumes the rollback.</summary>
    /// <returns>
    /// ROLLING_BACK: undo. Otherwise, or null: there is nothing to undo, or this run has already ended the rollback.
    /// </returns>
    public Task<TenantStatus?> ResumeRollbackAsync(
        Guid tenantId, int attempt, string runId, CancellationToken cancellationToken) =>
        database.InTransactionAsync(async connection =>
        {
            var status = await LockAsync(connection, tenantId, attempt, cancellationToken);
            bool resumes = status is TenantStatus.RollingBack or TenantStatus.RollbackIncomplete
                && await connection.Command(
                    """
                    UPDATE provisioning_attempts SET state = 'ROLLING_BACK', run_id = $3, ended_at = NULL
                    WHERE tenant_id = $1 AND attempt = $2
                        AND (state = 'ROLLING_BACK' OR state = 'ROLLBACK_INCOMPLETE' AND run_id IS DISTINCT FROM $3)
                    """,
                    tenantId, attempt, runId).ExecuteAsync(cancellationToken) == 1;
            return resumes ? await SetStatusAsync(
                connection, tenantId, TenantStatus.RollingBack, cancellationToken) : status;
        }, cancellationToken);

    /// <summary>
    /// Reads the first failure of an attempt and the steps of its plan. An attempt that never began gets its plan now,
    /// and the plan's first step becomes the failed step.
    /// </summary>
    /// <param name="tenantId">The tenant.</param>
    /// <param name="attempt">The attempt.</param>
    /// <param name="plan">The plan for an attempt that has none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<(ProvisioningFailure? Reason, IReadOnlyList<string> Steps)> ReadRollbackAsync(
        Guid tenantId, int attempt, IReadOnlyList<PlannedStep> plan, CancellationToken cancellationToken) =>
        database.InTransactionAsync<(ProvisioningFailure?, IReadOnlyList<string>)>(async connection =>
        {
            await LockAsync(connection, tenantId, attempt, cancellationToken);
            var (reason, isPlanned) = (await connection.Command(
                "SELECT * FROM provisioning_attempts WHERE tenant_id = $1 AND attempt = $2", tenantId, attempt)
                .ReadAllAsync(
                    row => (ReadFailure(row), row.FindTime("started_at") is not null), cancellationToken))[0];
            if (!isPlanned)
            {
                await WritePlanAsync(connection, tenantId, attempt, plan, cancellationToken);
                if (reason is not null)
                {
                    reason = reason with { FailedStep = reason.FailedStep ?? plan[0].Id };
                    await SaveFailureAsync(connection, tenantId, attempt, reason, cancellationToken);
                }
            }

            return (reason, await ListPlanAsync(connection, tenantId, attempt, cancellationToken));
        }, cancellationToken);

    /// <summary>ROLLING_BACK → PROVISION_FAILED, or ROLLBACK_INCOMPLETE when there are rows of residue.</summary>
    /// <returns>The new status of the tenant.</returns>
    public Task<TenantStatus?> EndRollbackAsync(
        Guid tenantId, int attempt, string runId, CancellationToken cancellationToken) =>
        database.InTransactionAsync(async connection =>
        {
            var status = await LockAsync(connection, tenantId, attempt, cancellationToken);
            if (status == TenantStatus.RollingBack)
            {
                bool isClean = (await connection.Command(
                    "SELECT 1 FROM residue WHERE tenant_id = $1 AND attempt = $2 LIMIT 1", tenantId, attempt)
                    .ReadAllAsync(row => row.GetInt32(0), cancellationToken)).Count == 0;
                await SetAttemptAsync(connection, tenantId, attempt,
                    isClean ? "ROLLED_BACK" : "ROLLBACK_INCOMPLETE", ["ROLLING_BACK"], cancellationToken);
                await EndAttemptAsync(connection, tenantId, attempt, cancellationToken);
                await connection.Command(
                    "UPDATE provisioning_attempts SET run_id = $3 WHERE tenant_id = $1 AND attempt = $2",
                    tenantId, attempt, runId).ExecuteAsync(cancellationToken);
                status = await SetStatusAsync(connection, tenantId,
                    isClean ? TenantStatus.ProvisionFailed : TenantStatus.RollbackIncomplete, cancellationToken);
            }

            return status;
        }, cancellationToken);

    // Also ends the step's row: after a worker crash, or a cancellation between two tries, it is still open.
    private async Task SaveFailureAsync(
        NpgsqlConnection connection, Guid tenantId, int attempt, ProvisioningFailure failure,
        CancellationToken cancellationToken)
    {
        await connection.Command(
            """
            UPDATE provisioning_attempts SET failed_step = $3, error_code = $4, error = $5, cancelled = $6
            WHERE tenant_id = $1 AND attempt = $2
            """,
            tenantId, attempt, failure.FailedStep, failure.Code, failure.Sentence, failure.Cancelled)
            .ExecuteAsync(cancellationToken);
        await connection.Command(
            """
            UPDATE provisioning_steps
            SET state = 'FAILED', error_code = $4, error = $5, ended_at = $6, next_try_at = NULL
            WHERE tenant_id = $1 AND attempt = $2 AND step = $3 AND state IN ('PENDING', 'RUNNING', 'WAITING')
            """,
            tenantId, attempt, failure.FailedStep, failure.Code, failure.Sentence, time.GetUtcNow())
            .ExecuteAsync(cancellationToken);
    }

    private static ProvisioningFailure? ReadFailure(NpgsqlDataReader row) => row.FindText("error_code") is { } code
        ? new(row.FindText("failed_step"), code, row.Text("error"), row.Flag("cancelled"))
        : null;
}
