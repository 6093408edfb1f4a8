using ControlPlane.Persistence;
using ControlPlane.Provisioning;
using Npgsql;

namespace Worker.Sweeps;

/// <summary>The identity of a marked object in an outside system.</summary>
/// <param name="TenantId">The tenant that the mark names.</param>
/// <param name="Attempt">The attempt that the mark names.</param>
/// <param name="Type">The type of the resource record.</param>
/// <param name="Name">The current name.</param>
public sealed record Claim(Guid TenantId, int Attempt, string Type, string Name);

/// <summary>What the database records about the attempt that an object's mark names.</summary>
public enum Evidence
{
    /// <summary>
    /// The attempt explains the object: it is in progress, live, ROLLBACK_INCOMPLETE, or was rolled back recently.
    /// </summary>
    Explained = 1,

    /// <summary>The attempt was rolled back before the grace period: the object should not exist.</summary>
    RolledBack,

    /// <summary>The database does not know the attempt.</summary>
    Unknown,

    /// <summary>
    /// The attempt was rolled back, and the object is on record as that of a later attempt, which was not: a suspended
    /// worker has put a stale mark on it.
    /// </summary>
    RecordedLater,
}

/// <summary>Reads the evidence for a marked object from the rows of attempts and resources.</summary>
/// <param name="grace">The time since the end of an attempt before it counts as rolled back.</param>
public sealed class AttemptEvidence(NpgsqlDataSource database, TimeProvider time, TimeSpan grace)
{
    /// <summary>Lists every attempt of every tenant.</summary>
    public Task<List<(Guid TenantId, int Attempt)>> ListAsync(CancellationToken cancellationToken) =>
        database.Command("SELECT tenant_id, attempt FROM provisioning_attempts").ReadAllAsync(
            row => (row.Id("tenant_id"), row.Number("attempt")), cancellationToken);

    /// <summary>Reads the evidence for an object.</summary>
    public async Task<Evidence> ReadAsync(Claim claim, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await ReadAsync(connection, claim, cancellationToken);
    }

    /// <summary>
    /// Runs an action on an object while its tenant's row is locked, so that no attempt can begin meanwhile. Skips the
    /// action when an attempt is in progress, or when the evidence has changed.
    /// </summary>
    /// <param name="claim">The object.</param>
    /// <param name="evidence">The required evidence.</param>
    /// <param name="action">
    /// The action and its result. Its argument must be called before each change: it throws when the lock was lost with
    /// its session, after which an attempt may have begun.
    /// </param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The result of the action; false when it was skipped.</returns>
    public Task<bool> RunWithTenantLockedAsync(
        Claim claim, Evidence evidence, Func<Func<Task>, Task<bool>> action, CancellationToken cancellationToken) =>
        database.InTransactionAsync(async connection =>
        {
            await connection.Command("SELECT FROM tenants WHERE id = $1 FOR NO KEY UPDATE", claim.TenantId)
                .ExecuteAsync(cancellationToken);
            bool isInProgress = (await connection.Command(
                """
                SELECT FROM provisioning_attempts
                WHERE tenant_id = $1 AND state IN ('RECORDED', 'RUNNING', 'ROLLING_BACK')
                """,
                claim.TenantId).ReadAllAsync(_ => true, cancellationToken)).Count > 0;
            return !isInProgress
                && await ReadAsync(connection, claim, cancellationToken) == evidence
                && await action(() => connection.Command("SELECT 1").ExecuteAsync(cancellationToken));
        }, cancellationToken);

    private async Task<Evidence> ReadAsync(
        NpgsqlConnection connection, Claim claim, CancellationToken cancellationToken) =>
        await connection.Command(
            """
            SELECT a.state = 'ROLLED_BACK' AND a.ended_at <= $5 AS is_over, (
                SELECT later.state FROM resources r
                JOIN provisioning_attempts later ON later.tenant_id = r.tenant_id AND later.attempt = r.attempt
                WHERE r.tenant_id = a.tenant_id AND r.type = $3 AND r.name = $4 AND r.state <> 'DELETED'
                    AND r.attempt > a.attempt AND later.state <> 'ROLLED_BACK') AS later
            FROM provisioning_attempts a WHERE a.tenant_id = $1 AND a.attempt = $2
            """,
            claim.TenantId, claim.Attempt, claim.Type, claim.Name, time.GetUtcNow() - grace)
            .ReadAllAsync(row => (IsOver: row.Flag("is_over"), Later: row.FindText("later")), cancellationToken) switch
        {
            [] => Evidence.Unknown,
            [{ IsOver: true, Later: null }] => Evidence.RolledBack,
            [{ IsOver: true, Later: "SUCCEEDED" or ProvisioningAttempt.RollbackIncomplete }] => Evidence.RecordedLater,
            _ => Evidence.Explained,
        };
}
