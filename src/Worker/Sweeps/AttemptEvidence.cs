using ControlPlane.Persistence;
using ControlPlane.Provisioning;
using Npgsql;

namespace Worker.Sweeps;

/// <summary>What an object in an outside system says of itself: its mark, its kind and what it is called now.</summary>
/// <param name="Type">One of the types of the resource records.</param>
public sealed record Claim(Guid TenantId, int Attempt, string Type, string Name);

/// <summary>What the database knows of the attempt that an object's mark names.</summary>
public enum Evidence
{
    /// <summary>The attempt explains the object: it is under way, live, or an operator has to go on with it.</summary>
    Explained = 1,

    /// <summary>The attempt has ended rolled back, and not only a moment ago: the object should not be there.</summary>
    RolledBack,

    /// <summary>The database knows no such attempt.</summary>
    Unknown,

    /// <summary>
    /// The attempt has ended rolled back, and a later one that was not has the object on record as its own: a worker
    /// that was frozen has put an old mark on it.
    /// </summary>
    RecordedLater,
}

/// <summary>Why an object in an outside system is there, by the rows of attempts and resources alone.</summary>
/// <param name="grace">How long ago an attempt must have ended.</param>
public sealed class AttemptEvidence(NpgsqlDataSource database, TimeProvider time, TimeSpan grace)
{
    /// <summary>Every attempt, of all tenants.</summary>
    public Task<List<(Guid TenantId, int Attempt)>> ListAsync(CancellationToken cancellationToken) =>
        database.Command("SELECT tenant_id, attempt FROM provisioning_attempts").ReadAllAsync(
            row => (row.Id("tenant_id"), row.Number("attempt")), cancellationToken);

    public async Task<Evidence> ReadAsync(Claim claim, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await ReadAsync(connection, claim, cancellationToken);
    }

    /// <summary>
    /// Does something to an object while its tenant stands still: no attempt can begin until it is done. Not done
    /// where an attempt is under way, or where the evidence is another one by now.
    /// </summary>
    /// <param name="claim">Of the object.</param>
    /// <param name="evidence">What it must be.</param>
    /// <param name="act">
    /// Gets what it must ask before each change: it throws when the lock is lost with its session, and anything may
    /// have begun since.
    /// </param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether it was done.</returns>
    public Task<bool> RunWithTenantLockedAsync(
        Claim claim, Evidence evidence, Func<Func<Task>, Task<bool>> act, CancellationToken cancellationToken) =>
        database.InTransactionAsync(async connection =>
        {
            await connection.Command("SELECT FROM tenants WHERE id = $1 FOR NO KEY UPDATE", claim.TenantId)
                .ExecuteAsync(cancellationToken);
            bool isUnderWay = (await connection.Command(
                """
                SELECT FROM provisioning_attempts
                WHERE tenant_id = $1 AND state IN ('RECORDED', 'RUNNING', 'ROLLING_BACK')
                """,
                claim.TenantId).ReadAllAsync(_ => true, cancellationToken)).Count > 0;
            return !isUnderWay
                && await ReadAsync(connection, claim, cancellationToken) == evidence
                && await act(() => connection.Command("SELECT 1").ExecuteAsync(cancellationToken));
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
