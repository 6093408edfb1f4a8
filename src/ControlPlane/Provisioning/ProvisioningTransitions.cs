using ControlPlane.Persistence;
using ControlPlane.Tenants;
using Npgsql;

namespace ControlPlane.Provisioning;

/// <summary>
/// The transitions between the statuses of a tenant, each a compare-and-set on status and attempt in one transaction.
/// All are idempotent: a repeated call returns the same result.
/// </summary>
public sealed partial class ProvisioningTransitions(NpgsqlDataSource database, TimeProvider time)
{
    /// <summary>
    /// PENDING_PROVISION or PROVISION_FAILED → PROVISIONING. Writes the attempt's plan: a row for each step, SKIPPED
    /// for those that do not run.
    /// </summary>
    /// <returns>
    /// The tenant's status (PROVISIONING: continue; ACTIVE: already done; ROLLING_BACK: undo; otherwise the attempt is
    /// stale) and the steps that run, as decided by the first call.
    /// </returns>
    public Task<(TenantStatus? Status, IReadOnlyList<string> Steps)> BeginAsync(
        Guid tenantId, int attempt, string runId, IReadOnlyList<PlannedStep> plan,
        CancellationToken cancellationToken) =>
        database.InTransactionAsync<(TenantStatus?, IReadOnlyList<string>)>(async connection =>
        {
            var status = await LockAsync(connection, tenantId, attempt, cancellationToken);
            if (status is TenantStatus.PendingProvision or TenantStatus.ProvisionFailed
                && await SetAttemptAsync(connection, tenantId, attempt, "RUNNING", ["RECORDED"], cancellationToken))
            {
                status = await SetStatusAsync(connection, tenantId, TenantStatus.Provisioning, cancellationToken);
                await WritePlanAsync(connection, tenantId, attempt, plan, cancellationToken);
            }

            if (status == TenantStatus.Provisioning)
            {
                await connection.Command(
                    """
                    UPDATE provisioning_attempts SET run_id = $3, started_at = coalesce(started_at, $4)
                    WHERE tenant_id = $1 AND attempt = $2
                    """,
                    tenantId, attempt, runId, time.GetUtcNow()).ExecuteAsync(cancellationToken);
            }

            return (status, await ListPlanAsync(connection, tenantId, attempt, cancellationToken));
        }, cancellationToken);

    /// <summary>PROVISIONING → ACTIVE: the pivot, after which the attempt is not rolled back.</summary>
    /// <exception cref="ControlPlaneException">
    /// <c>stale_attempt</c>: the tenant is neither PROVISIONING nor ACTIVE with this attempt.
    /// </exception>
    public Task ActivateAsync(Guid tenantId, int attempt, CancellationToken cancellationToken) =>
        database.InTransactionAsync(async connection =>
        {
            var status = await LockAsync(connection, tenantId, attempt, cancellationToken);
            if (status == TenantStatus.Provisioning)
            {
                await SetStatusAsync(connection, tenantId, TenantStatus.Active, cancellationToken);
                await SetAttemptAsync(connection, tenantId, attempt, "SUCCEEDED", ["RUNNING"], cancellationToken);
                await EndAttemptAsync(connection, tenantId, attempt, cancellationToken);
            }
            else if (status != TenantStatus.Active)
            {
                throw new ControlPlaneException(ErrorCode.StaleAttempt,
                    $"Attempt {attempt} cannot activate the tenant: the tenant is no longer PROVISIONING with it.");
            }

            return status;
        }, cancellationToken);

    /// <summary>Locks the tenant's row and reads its status; null when the attempt is not its current one.</summary>
    private static async Task<TenantStatus?> LockAsync(
        NpgsqlConnection connection, Guid tenantId, int attempt, CancellationToken cancellationToken) =>
        await connection.Command(
            "SELECT status FROM tenants WHERE id = $1 AND attempt = $2 FOR UPDATE", tenantId, attempt)
            .ReadAllAsync(row => row.GetString(0), cancellationToken) is [var status]
                ? TenantStatusText.Parse(status)
                : null;

    private async Task<TenantStatus> SetStatusAsync(
        NpgsqlConnection connection, Guid tenantId, TenantStatus status, CancellationToken cancellationToken)
    {
        await connection.Command("UPDATE tenants SET status = $2, updated_at = $3 WHERE id = $1",
            tenantId, status.ToText(), time.GetUtcNow()).ExecuteAsync(cancellationToken);
        return status;
    }

    private static async Task<bool> SetAttemptAsync(
        NpgsqlConnection connection, Guid tenantId, int attempt, string state, string[] from,
        CancellationToken cancellationToken) =>
        await connection.Command(
            "UPDATE provisioning_attempts SET state = $3 WHERE tenant_id = $1 AND attempt = $2 AND state = ANY($4)",
            tenantId, attempt, state, from).ExecuteAsync(cancellationToken) == 1;

    // The functions of version 0.1 added PENDING rows when they recorded an attempt: the plan replaces them.
    private static Task<int> WritePlanAsync(
        NpgsqlConnection connection, Guid tenantId, int attempt, IReadOnlyList<PlannedStep> plan,
        CancellationToken cancellationToken) =>
        connection.Command(
            """
            INSERT INTO provisioning_steps AS s (tenant_id, attempt, position, step, title, customer_title, state)
            SELECT $1, $2, p.position, p.step, p.title, p.customer_title,
                CASE WHEN p.is_skipped THEN 'SKIPPED' ELSE 'PENDING' END
            FROM unnest($3::text[], $4::text[], $5::text[], $6::boolean[])
                WITH ORDINALITY AS p (step, title, customer_title, is_skipped, position)
            ON CONFLICT (tenant_id, attempt, step) DO UPDATE
            SET position = excluded.position, title = excluded.title, customer_title = excluded.customer_title,
                state = excluded.state
            WHERE s.state = 'PENDING'
            """,
            tenantId, attempt, plan.Select(step => step.Id).ToArray(), plan.Select(step => step.Title).ToArray(),
            plan.Select(step => step.CustomerTitle).ToArray(), plan.Select(step => step.IsSkipped).ToArray())
            .ExecuteAsync(cancellationToken);

    private static Task<List<string>> ListPlanAsync(
        NpgsqlConnection connection, Guid tenantId, int attempt, CancellationToken cancellationToken) =>
        connection.Command(
            """
            SELECT step FROM provisioning_steps WHERE tenant_id = $1 AND attempt = $2 AND state <> 'SKIPPED'
            ORDER BY position
            """,
            tenantId, attempt).ReadAllAsync(row => row.GetString(0), cancellationToken);

    private Task<int> EndAttemptAsync(
        NpgsqlConnection connection, Guid tenantId, int attempt, CancellationToken cancellationToken) =>
        connection.Command(
            "UPDATE provisioning_attempts SET ended_at = $3 WHERE tenant_id = $1 AND attempt = $2",
            tenantId, attempt, time.GetUtcNow()).ExecuteAsync(cancellationToken);
}
