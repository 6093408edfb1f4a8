using ControlPlane.Persistence;
using Npgsql;

namespace ControlPlane.Provisioning;

/// <summary>
/// What the worker writes down about each step of an attempt, and about its undo, while it works: how often it was
/// tried, how the last try ended, when the next one comes. Codes and sentences hold no secrets.
/// </summary>
public sealed class ProvisioningJournal(NpgsqlDataSource database, TimeProvider time)
{
    public Task StepStartedAsync(
        Guid tenantId, int attempt, string step, int tries, CancellationToken cancellationToken) =>
        database.Command(
            """
            UPDATE provisioning_steps
            SET state = 'RUNNING', tries = $4, started_at = coalesce(started_at, $5), next_try_at = NULL
            WHERE tenant_id = $1 AND attempt = $2 AND step = $3 AND state NOT IN ('SKIPPED', 'FAILED')
            """,
            tenantId, attempt, step, tries, time.GetUtcNow()).ExecuteAsync(cancellationToken);

    public Task StepDoneAsync(Guid tenantId, int attempt, string step, CancellationToken cancellationToken) =>
        database.Command(
            """
            UPDATE provisioning_steps
            SET state = 'DONE', ended_at = $4, next_try_at = NULL, error_code = NULL, error = NULL
            WHERE tenant_id = $1 AND attempt = $2 AND step = $3
            """,
            tenantId, attempt, step, time.GetUtcNow()).ExecuteAsync(cancellationToken);

    /// <summary>A step that has failed for good, or was cancelled, keeps the reason that was written first.</summary>
    /// <param name="tenantId">The tenant.</param>
    /// <param name="attempt">Its attempt.</param>
    /// <param name="step">The step.</param>
    /// <param name="code">Of the failure.</param>
    /// <param name="sentence">Of the failure.</param>
    /// <param name="nextTryAt">Null when there is no further try.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task StepFailedAsync(
        Guid tenantId, int attempt, string step, string code, string sentence, DateTimeOffset? nextTryAt,
        CancellationToken cancellationToken) =>
        database.Command(
            """
            UPDATE provisioning_steps
            SET state = $4, error_code = $5, error = $6, next_try_at = $7,
                ended_at = CASE WHEN $4 = 'FAILED' THEN $8::timestamptz END
            WHERE tenant_id = $1 AND attempt = $2 AND step = $3 AND state <> 'FAILED'
            """,
            tenantId, attempt, step, nextTryAt is null ? "FAILED" : "WAITING", code, sentence, nextTryAt,
            time.GetUtcNow()).ExecuteAsync(cancellationToken);

    /// <summary>Given up for now, visible, and started again by an operator.</summary>
    public Task StepParkedAsync(Guid tenantId, int attempt, string step, CancellationToken cancellationToken) =>
        database.Command(
            """
            UPDATE provisioning_steps SET state = 'PARKED', ended_at = $4, next_try_at = NULL
            WHERE tenant_id = $1 AND attempt = $2 AND step = $3
            """,
            tenantId, attempt, step, time.GetUtcNow()).ExecuteAsync(cancellationToken);

    /// <summary>A parked step of the tenant's current attempt was done after all.</summary>
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
            WHERE tenant_id = $1 AND attempt = $2 AND step = $3
            """,
            tenantId, attempt, step).ExecuteAsync(cancellationToken);

    /// <inheritdoc cref="StepFailedAsync"/>
    public Task UndoFailedAsync(
        Guid tenantId, int attempt, string step, string sentence, DateTimeOffset? nextTryAt,
        CancellationToken cancellationToken) =>
        database.Command(
            """
            UPDATE provisioning_steps SET undo_state = $4, undo_error = $5, undo_next_try_at = $6
            WHERE tenant_id = $1 AND attempt = $2 AND step = $3
            """,
            tenantId, attempt, step, nextTryAt is null ? "FAILED" : "WAITING", sentence, nextTryAt)
            .ExecuteAsync(cancellationToken);
}
