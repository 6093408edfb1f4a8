using System.Globalization;
using ControlPlane.Audit;
using ControlPlane.Persistence;
using Npgsql;

namespace Worker.Audit;

/// <summary>
/// Chains the rows of the audit: each seal is the hash of its row and of the seal before. Rows are sealed after their
/// commit, in batches, so that no call waits for the row of another one (decision 0009).
/// </summary>
public sealed class AuditChain(NpgsqlDataSource database)
{
    /// <summary>The maximum number of rows that one transaction seals.</summary>
    public const int BatchSize = 500;

    /// <summary>Seals the rows that are committed and not sealed.</summary>
    /// <returns>The last seal; null when there was nothing to seal.</returns>
    public async Task<AuditSeal?> SealAsync(CancellationToken cancellationToken)
    {
        AuditSeal? last = null;
        while (await SealBatchAsync(cancellationToken) is { } seal)
        {
            last = seal;
        }

        return last;
    }

    /// <summary>Returns the newest seal; null when no row is sealed.</summary>
    public static Task<AuditSeal?> FindHeadAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        connection.Command("SELECT position, hash FROM audit_seals ORDER BY position DESC LIMIT 1")
            .ReadFirstAsync(
                row => new AuditSeal(row.GetInt64(0), row.GetFieldValue<byte[]>(1)), cancellationToken);

    private Task<AuditSeal?> SealBatchAsync(CancellationToken cancellationToken) =>
        database.InTransactionAsync(async connection =>
        {
            // One worker at a time. The lock does not hinder those that add rows, and only the worker's role may take
            // it.
            await connection.Command("LOCK TABLE audit_unsealed IN SHARE UPDATE EXCLUSIVE MODE")
                .ExecuteAsync(cancellationToken);
            var rows = await connection.Command(
                """
                SELECT e.* FROM audit_unsealed u JOIN audit_events e ON e.id = u.event_id ORDER BY e.id LIMIT $1
                """,
                BatchSize).ReadAllAsync(AuditEvent.Read, cancellationToken);
            if (rows.Count == 0)
            {
                return null;
            }

            var seal = await FindHeadAsync(connection, cancellationToken) ?? AuditSeal.None;
            var hashes = new List<byte[]>();
            foreach (var row in rows)
            {
                seal = seal.Next(row);
                hashes.Add(seal.Hash);
            }

            long[] ids = rows.Select(row => row.Id).ToArray();
            await connection.Command(
                """
                INSERT INTO audit_seals (position, event_id, hash)
                SELECT $1 + n, event_id, hash FROM unnest($2::bigint[], $3::bytea[]) WITH ORDINALITY
                    AS s (event_id, hash, n)
                """,
                seal.Position - rows.Count, ids, hashes.ToArray()).ExecuteAsync(cancellationToken);
            await connection.Command("DELETE FROM audit_unsealed WHERE event_id = ANY($1)", ids)
                .ExecuteAsync(cancellationToken);
            return seal;
        }, cancellationToken);
}

/// <summary>A place of the chain and its hash.</summary>
public sealed record AuditSeal(long Position, byte[] Hash)
{
    /// <summary>The place before the first row.</summary>
    public static readonly AuditSeal None = new(0, AuditEvent.FirstHash);

    public AuditSeal Next(AuditEvent row) => new(Position + 1, row.Hash(Position + 1, Hash));

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Position}:{Convert.ToHexStringLower(Hash)}");

    /// <returns>Null for text that is no seal.</returns>
    public static AuditSeal? Parse(string text) =>
        text.Split(':') is [var position, { Length: 64 } hash] && hash.All(char.IsAsciiHexDigit)
        && long.TryParse(position, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? new AuditSeal(number, Convert.FromHexString(hash))
            : null;
}
