using ControlPlane.Persistence;
using Npgsql;

namespace ControlPlane.Provisioning;

/// <summary>
/// The journal of an attempt: for each step and its undo the number of tries, the result of the last try and the time
/// of the next one. Codes and sentences hold no secrets. A try may end late, after its run went on without it: each
/// change has the states that it may follow.
/// </summary>
public sealed class ProvisioningJournal(NpgsqlDataSource database, TimeProvider time)
{
    public Task StepStartedAsync(
        Guid tenantId, int attempt, string step, int tries, CancellationToken cancellationToken) =>
        database.Command(
            """
            UPDATE provisioning_steps
            SET state = 'RUNNING', tries = greatest($4, tries + 1), started_at = coalesce(started_at, $5),
                next_try_at = NULL, progress = NULL
            WHERE tenant_id = $1 AND attempt = $2 AND step = $3 AND state NOT IN ('SKIPPED', 'FAILED', 'PARKED')
                AND EXISTS (SELECT FROM provisioning_attempts a
                    WHERE a.tenant_id = $1 AND a.attempt = $2 AND a.state IN ('RECORDED', 'RUNNING', 'SUCCEEDED'))
            """,
            tenantId, attempt, step, tries, time.GetUtcNow()).ExecuteAsync(cancellationToken);

    /// <summary>Records how far a running step is. A late try changes nothing.</summary>
    /// <param name="tenantId">The tenant.</param>
    /// <param name="attempt">The tenant's attempt.</param>
    /// <param name="step">The step's id.</param>
    /// <param name="progress">Words for people, without secrets.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task StepProgressAsync(
        Guid tenantId, int attempt, string step, string progress, CancellationToken cancellationToken) =>
        database.Command(
            """
            UPDATE provisioning_steps SET progress = $4
            WHERE tenant_id = $1 AND attempt = $2 AND step = $3 AND state = 'RUNNING'
            """,
            tenantId, attempt, step, progress).ExecuteAsync(cancellationToken);

    /// <summary>Records a successful try. A step that has FAILED stays so: the rollback follows it.</summary>
    public Task StepDoneAsync(Guid tenantId, int attempt, string step, CancellationToken cancellationToken) =>
        database.Command(
            """
            UPDATE provisioning_steps
            SET state = 'DONE', ended_at = $4, next_try_at = NULL, error_code = NULL, error = NULL
            WHERE tenant_id = $1 AND attempt = $2 AND step = $3 AND state NOT IN ('SKIPPED', 'FAILED')
            """,
            tenantId, attempt, step, time.GetUtcNow()).ExecuteAsync(cancellationToken);

    /// <summary>
    /// Corrects the step that made the tenant ACTIVE, when its answer was lost and it counts as FAILED.
    /// </summary>
    public Task PivotDoneAsync(Guid tenantId, int attempt, string step, CancellationToken cancellationToken) =>
        database.Command(
            """
            UPDATE provisioning_steps s
            SET state = 'DONE', ended_at = $4, next_try_at = NULL, error_code = NULL, error = NULL
            FROM tenants t
            WHERE s.tenant_id = $1 AND s.attempt = $2 AND s.step = $3
                AND t.id = s.tenant_id AND t.attempt = s.attempt AND t.status = 'ACTIVE'
            """,
            tenantId, attempt, step, time.GetUtcNow()).ExecuteAsync(cancellationToken);

    /// <summary>
    /// Records a failed try. A step that is already FAILED, or was cancelled, keeps its first reason; one that is DONE
    /// stays so.
    /// </summary>
    /// <param name="tenantId">The tenant.</param>
    /// <param name="attempt">The tenant's attempt.</param>
    /// <param name="step">The step's id.</param>
    /// <param name="code">The error code.</param>
    /// <param name="sentence">The reason as a sentence.</param>
    /// <param name="nextTryAt">The time of the next try; null when there is none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task StepFailedAsync(
        Guid tenantId, int attempt, string step, string code, string sentence, DateTimeOffset? nextTryAt,
        CancellationToken cancellationToken) =>
        database.Command(
            """
            UPDATE provisioning_steps
            SET state = $4, error_code = $5, error = $6, next_try_at = $7,
                ended_at = CASE WHEN $4 = 'FAILED' THEN $8::timestamptz END
            WHERE tenant_id = $1 AND attempt = $2 AND step = $3 AND state IN ('PENDING', 'RUNNING', 'WAITING')
            """,
            tenantId, attempt, step, nextTryAt is null ? "FAILED" : "WAITING", code, sentence, nextTryAt,
            time.GetUtcNow()).ExecuteAsync(cancellationToken);

    /// <summary>
    /// Records that a step was given up for now, until an operator requests a retry. One that is DONE stays so.
    /// </summary>
    public Task StepParkedAsync(Guid tenantId, int attempt, string step, CancellationToken cancellationToken) =>
        database.Command(
            """
            UPDATE provisioning_steps SET state = 'PARKED', ended_at = $4, next_try_at = NULL
            WHERE tenant_id = $1 AND attempt = $2 AND step = $3 AND state NOT IN ('SKIPPED', 'DONE')
            """,
            tenantId, attempt, step, time.GetUtcNow()).ExecuteAsync(cancellationToken);

    /// <summary>Records the success of a parked step of the tenant's current attempt.</summary>
    public Task ParkedStepDoneAsync(Guid tenantId, string step, CancellationToken cancellationToken) =>
        database.Command(
            """
            UPDATE provisioning_steps s
            SET state = 'DONE', ended_at = $3, error_code = NULL, error = NULL
            FROM tenants t
            WHERE t.id = $1 AND s.tenant_id = t.id AND s.attempt = t.attempt AND s.step = $2 AND s.state = 'PARKED'
            """,
            tenantId, step, time.GetUtcNow()).ExecuteAsync(cancellationToken);

    public Task UndoStartedAsync(
        Guid tenantId, int attempt, string step, int tries, CancellationToken cancellationToken) =>
        database.Command(
            """
            UPDATE provisioning_steps SET undo_state = 'RUNNING', undo_tries = $4, undo_next_try_at = NULL
            WHERE tenant_id = $1 AND attempt = $2 AND step = $3
            """,
            tenantId, attempt, step, tries).ExecuteAsync(cancellationToken);

    public Task UndoDoneAsync(Guid tenantId, int attempt, string step, CancellationToken cancellationToken) =>
        database.Command(
            """
            UPDATE provisioning_steps SET undo_state = 'DONE', undo_error = NULL, undo_next_try_at = NULL
            WHERE tenant_id = $1 AND attempt = $2 AND step = $3 AND undo_state IN ('RUNNING', 'WAITING')
            """,
            tenantId, attempt, step).ExecuteAsync(cancellationToken);

    /// <inheritdoc cref="StepFailedAsync"/>
    public Task UndoFailedAsync(
        Guid tenantId, int attempt, string step, string sentence, DateTimeOffset? nextTryAt,
        CancellationToken cancellationToken) =>
        database.Command(
            """
            UPDATE provisioning_steps SET undo_state = $4, undo_error = $5, undo_next_try_at = $6
            WHERE tenant_id = $1 AND attempt = $2 AND step = $3 AND undo_state IN ('RUNNING', 'WAITING')
            """,
            tenantId, attempt, step, nextTryAt is null ? "FAILED" : "WAITING", sentence, nextTryAt)
            .ExecuteAsync(cancellationToken);
}
