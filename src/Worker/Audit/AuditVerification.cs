using System.Security.Cryptography;
using ControlPlane.Audit;
using ControlPlane.Persistence;
using Npgsql;

namespace Worker.Audit;

/// <summary>Walks the chain of the audit from its first row, on one snapshot of the database.</summary>
public sealed class AuditVerification(NpgsqlDataSource database)
{
    /// <summary>The age from which a row without a seal is an error; the worker seals every few seconds.</summary>
    public static readonly TimeSpan MaxUnsealedAge = TimeSpan.FromMinutes(10);

    private const int PageSize = 1000;

    /// <param name="anchor">A seal that was noted earlier; null: none.</param>
    /// <param name="cancellationToken">Ends the walk.</param>
    public Task<AuditFinding> VerifyAsync(AuditSeal? anchor, CancellationToken cancellationToken) =>
        database.InSnapshotAsync(async connection =>
        {
            var (seal, problem) = await WalkAsync(connection, anchor, cancellationToken);
            problem ??= seal.Position < anchor?.Position
                ? $"position {anchor.Position} is missing: the chain ends at {seal.Position}"
                : await FindUnchainedAsync(connection, cancellationToken);
            int unsealed = (int)await CountUnsealedAsync(connection, cancellationToken);
            return new AuditFinding(seal, unsealed, problem);
        }, cancellationToken);

    private static async Task<(AuditSeal Last, string? Problem)> WalkAsync(
        NpgsqlConnection connection, AuditSeal? anchor, CancellationToken cancellationToken)
    {
        var seal = AuditSeal.None;
        while (true)
        {
            var page = await connection.Command(
                """
                SELECT s.position, s.event_id, s.hash, e.* FROM audit_seals s
                LEFT JOIN audit_events e ON e.id = s.event_id
                WHERE s.position > $1 ORDER BY s.position LIMIT $2
                """,
                seal.Position, PageSize).ReadAllAsync(Link.Read, cancellationToken);
            foreach (var link in page)
            {
                if (Check(seal, link, anchor) is { } problem)
                {
                    return (seal, problem);
                }

                seal = link.Seal;
            }

            if (page.Count < PageSize)
            {
                return (seal, null);
            }
        }
    }

    private static string? Check(AuditSeal before, Link link, AuditSeal? anchor)
    {
        string row = $"position {link.Seal.Position} (row {link.EventId})";
        return (link.Seal.Position - before.Position, link.Event) switch
        {
            (not 1, _) => $"position {before.Position + 1} is missing",
            (_, null) => $"{row}: the row was deleted",
            (_, { } item) when !IsSame(before.Next(item).Hash, link.Seal.Hash) =>
                $"{row}: the row or its seal was changed",
            _ when link.Seal.Position == anchor?.Position && !IsSame(anchor.Hash, link.Seal.Hash) =>
                $"{row}: the seal is not the noted one, so the chain was written anew",
            _ => null,
        };
    }

    // A row that never came into the queue, or whose place in it was deleted, would otherwise stay unsealed.
    private static async Task<string?> FindUnchainedAsync(
        NpgsqlConnection connection, CancellationToken cancellationToken) =>
        (await connection.Command(
            """
            SELECT 'row ' || e.id || ': it is not sealed' FROM audit_events e
            WHERE NOT EXISTS (SELECT FROM audit_seals s WHERE s.event_id = e.id)
                AND (e.at < clock_timestamp() - $1::interval
                     OR NOT EXISTS (SELECT FROM audit_unsealed u WHERE u.event_id = e.id))
            UNION ALL
            SELECT 'row ' || u.event_id || ': the row was deleted before it was sealed' FROM audit_unsealed u
            WHERE NOT EXISTS (SELECT FROM audit_events e WHERE e.id = u.event_id)
            LIMIT 1
            """,
            MaxUnsealedAge).ReadAllAsync(row => row.GetString(0), cancellationToken)).FirstOrDefault();

    private static async Task<long> CountUnsealedAsync(
        NpgsqlConnection connection, CancellationToken cancellationToken) =>
        (await connection.Command("SELECT count(*) FROM audit_unsealed")
            .ReadAllAsync(row => row.GetInt64(0), cancellationToken))[0];

    private static bool IsSame(byte[] one, byte[] other) => CryptographicOperations.FixedTimeEquals(one, other);

    private sealed record Link(AuditSeal Seal, long EventId, AuditEvent? Event)
    {
        public static Link Read(NpgsqlDataReader row) => new(
            new AuditSeal(row.GetInt64(0), row.GetFieldValue<byte[]>(2)),
            row.GetInt64(1),
            row.IsDBNull(row.GetOrdinal("id")) ? null : AuditEvent.Read(row));
    }
}

/// <param name="Head">The last seal that is in order.</param>
/// <param name="Unsealed">The number of rows that wait for their seal.</param>
/// <param name="Problem">The first broken row; null when the chain is whole.</param>
public sealed record AuditFinding(AuditSeal Head, int Unsealed, string? Problem);
