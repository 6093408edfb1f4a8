using System.Runtime.CompilerServices;
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
    private const int PageSize = 10_000;

    /// <summary>Lists every attempt of every tenant, page by page.</summary>
    public async IAsyncEnumerable<(Guid TenantId, int Attempt)> ListAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var last = (TenantId: Guid.Empty, Attempt: 0);
        List<(Guid TenantId, int Attempt)> page;
        do
        {
            page = await database.Command(
                """
                SELECT tenant_id, attempt FROM provisioning_attempts
                WHERE (tenant_id, attempt) > ($1, $2) ORDER BY tenant_id, attempt LIMIT $3
                """,
                last.TenantId, last.Attempt, PageSize).ReadAllAsync(
                    row => (row.Id("tenant_id"), row.Number("attempt")), cancellationToken);
            foreach (var attempt in page)
            {
                yield return last = attempt;
            }
        }
        while (page.Count == PageSize);
    }

    /// <summary>Reads the evidence for each object of a list.</summary>
    public async Task<IReadOnlyList<Evidence>> ReadAsync(
        IReadOnlyList<Claim> claims, CancellationToken cancellationToken)
    {
        if (claims.Count == 0)
        {
            return [];
        }

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await ReadAsync(connection, claims, cancellationToken);
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
                && (await ReadAsync(connection, [claim], cancellationToken))[0] == evidence
                && await action(() => connection.Command("SELECT 1").ExecuteAsync(cancellationToken));
        }, cancellationToken);

    private async Task<List<Evidence>> ReadAsync(
        NpgsqlConnection connection, IReadOnlyList<Claim> claims, CancellationToken cancellationToken) =>
        await connection.Command(
            """
            SELECT a.attempt IS NOT NULL AS is_known,
                coalesce(a.state = 'ROLLED_BACK' AND a.ended_at <= $5, false) AS is_over, (
                SELECT later.state FROM resources r
                JOIN provisioning_attempts later ON later.tenant_id = r.tenant_id AND later.attempt = r.attempt
                WHERE r.tenant_id = a.tenant_id AND r.type = c.type AND r.name = c.name AND r.state <> 'DELETED'
                    AND r.attempt > a.attempt AND later.state <> 'ROLLED_BACK') AS later
            FROM unnest($1::uuid[], $2::integer[], $3::text[], $4::text[])
                WITH ORDINALITY AS c (tenant_id, attempt, type, name, position)
            LEFT JOIN provisioning_attempts a ON a.tenant_id = c.tenant_id AND a.attempt = c.attempt
            ORDER BY c.position
            """,
            claims.Select(claim => claim.TenantId).ToArray(), claims.Select(claim => claim.Attempt).ToArray(),
            claims.Select(claim => claim.Type).ToArray(), claims.Select(claim => claim.Name).ToArray(),
            time.GetUtcNow() - grace)
            .ReadAllAsync(
                row => (row.Flag("is_known"), row.Flag("is_over"), row.FindText("later")) switch
                {
                    (false, _, _) => Evidence.Unknown,
                    (_, true, null) => Evidence.RolledBack,
                    (_, true, "SUCCEEDED" or ProvisioningAttempt.RollbackIncomplete) => Evidence.RecordedLater,
                    _ => Evidence.Explained,
                },
                cancellationToken);
}
