using ControlPlane.Persistence;
using Npgsql;

namespace ControlPlane.Sweeps;

/// <summary>What the database knows of the attempt that an object's mark names.</summary>
public enum Evidence
{
    /// <summary>The attempt explains the object: it is under way, live, or an operator has to go on with it.</summary>
    Explained = 1,

    /// <summary>The attempt has ended rolled back, and not only a moment ago: the object should not be there.</summary>
    RolledBack,

    /// <summary>The database knows no such attempt.</summary>
    Unknown,
}

/// <summary>Why an object in an outside system is there, by the rows of the attempts alone.</summary>
/// <param name="grace">How long ago an attempt must have ended.</param>
public sealed class AttemptEvidence(NpgsqlDataSource database, TimeProvider time, TimeSpan grace)
{
    /// <summary>Every attempt, of all tenants.</summary>
    public Task<List<(Guid TenantId, int Attempt)>> ListAsync(CancellationToken cancellation) =>
        database.Command("SELECT tenant_id, attempt FROM provisioning_attempts").ReadAllAsync(
            row => (row.Id("tenant_id"), row.Number("attempt")), cancellation);

    public async Task<Evidence> ReadAsync(Guid tenantId, int attempt, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await ReadAsync(connection, tenantId, attempt, cancellation);
    }

    /// <summary>
    /// Does something to an object while its tenant stands still: no attempt can begin until it is done. Not done
    /// where an attempt is under way, or where the evidence is another one by now.
    /// </summary>
    /// <returns>Whether it was done.</returns>
    public Task<bool> WhileItStandsAsync(
        Guid tenantId, int attempt, Evidence evidence, Func<Task<bool>> act, CancellationToken cancellation) =>
        database.InTransactionAsync(async connection =>
        {
            await connection.Command("SELECT FROM tenants WHERE id = $1 FOR NO KEY UPDATE", tenantId)
                .ExecuteAsync(cancellation);
            bool isUnderWay = (await connection.Command(
                """
                SELECT FROM provisioning_attempts
                WHERE tenant_id = $1 AND state IN ('RECORDED', 'RUNNING', 'ROLLING_BACK')
                """,
                tenantId).ReadAllAsync(_ => true, cancellation)).Count > 0;
            return !isUnderWay
                && await ReadAsync(connection, tenantId, attempt, cancellation) == evidence
                && await act();
        }, cancellation);

    private async Task<Evidence> ReadAsync(
        NpgsqlConnection connection, Guid tenantId, int attempt, CancellationToken cancellation) =>
        await connection.Command(
            """
            SELECT state = 'ROLLED_BACK' AND ended_at <= $3 AS is_over FROM provisioning_attempts
            WHERE tenant_id = $1 AND attempt = $2
            """,
            tenantId, attempt, time.GetUtcNow() - grace).ReadAllAsync(row => row.Flag("is_over"), cancellation) switch
        {
            [] => Evidence.Unknown,
            [true] => Evidence.RolledBack,
            _ => Evidence.Explained,
        };
}
