using ControlPlane.Persistence;
using Npgsql;

namespace ControlPlane.Idempotency;

/// <summary>
/// Stores the answers to requests with an idempotency key (table <c>idempotent_answers</c>). A request first claims its
/// key, so that of two at a time only one runs.
/// </summary>
public sealed class IdempotentAnswers(NpgsqlDataSource database, TimeProvider time)
{
    /// <summary>The time for which an answer is kept.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    /// <summary>The time after which a claim without an answer is lost: its process has died.</summary>
    public static readonly TimeSpan ClaimLifetime = TimeSpan.FromMinutes(1);

    /// <summary>Claims the key, or returns what is stored for it.</summary>
    public async Task<IdempotencyClaim> ClaimAsync(
        byte[] keyHash, byte[] bodyHash, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        int claimed = await database.Command(
            """
            INSERT INTO idempotent_answers AS stored (key_hash, body_hash, claim, claimed_until, expires_at)
            VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (key_hash) DO UPDATE
            SET body_hash = $2, claim = $3, claimed_until = $4, answer = NULL, expires_at = $5
            WHERE stored.expires_at <= $6 OR (stored.answer IS NULL AND stored.claimed_until <= $6)
            """,
            keyHash, bodyHash, id, now + ClaimLifetime, now + Lifetime, now).ExecuteAsync(cancellationToken);
        return claimed == 1
            ? new IdempotencyClaim(id, IsOtherBody: false, Answer: null)
            : await FindAsync(keyHash, bodyHash, cancellationToken)
                // The other request was released in between: its caller gets an error, and this one tries again.
                ?? new IdempotencyClaim(Id: null, IsOtherBody: false, Answer: null);
    }

    /// <summary>Stores the answer of a claim. Does nothing if another request has taken over.</summary>
    public Task SaveAsync(byte[] keyHash, Guid claim, byte[] answer, CancellationToken cancellationToken) =>
        database.Command(
            "UPDATE idempotent_answers SET answer = $3 WHERE key_hash = $1 AND claim = $2", keyHash, claim, answer)
            .ExecuteAsync(cancellationToken);

    /// <summary>Gives up a claim, so that the same request can be sent again.</summary>
    public Task ReleaseAsync(byte[] keyHash, Guid claim, CancellationToken cancellationToken) => database.Command(
        "DELETE FROM idempotent_answers WHERE key_hash = $1 AND claim = $2 AND answer IS NULL", keyHash, claim)
        .ExecuteAsync(cancellationToken);

    /// <summary>Deletes expired answers.</summary>
    /// <returns>The number of deleted rows, which is at most <paramref name="limit"/>.</returns>
    public Task<int> DeleteExpiredAsync(int limit, CancellationToken cancellationToken) => database.Command(
        """
        DELETE FROM idempotent_answers WHERE key_hash IN (
            SELECT key_hash FROM idempotent_answers WHERE expires_at <= $1
            ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED)
        """,
        time.GetUtcNow(), limit).ExecuteAsync(cancellationToken);

    private Task<IdempotencyClaim?> FindAsync(
        byte[] keyHash, byte[] bodyHash, CancellationToken cancellationToken) => database.Command(
        "SELECT body_hash, answer FROM idempotent_answers WHERE key_hash = $1", keyHash).ReadFirstAsync(
        row => new IdempotencyClaim(
            Id: null,
            IsOtherBody: !row.GetFieldValue<byte[]>(0).AsSpan().SequenceEqual(bodyHash),
            Answer: row.IsDBNull(1) ? null : row.GetFieldValue<byte[]>(1)),
        cancellationToken);
}

/// <summary>The result of claiming a key.</summary>
/// <param name="Id">The claim, if the request may run; otherwise null.</param>
/// <param name="IsOtherBody">The key was used with another body.</param>
/// <param name="Answer">The stored answer; null while the other request runs.</param>
public sealed record IdempotencyClaim(Guid? Id, bool IsOtherBody, byte[]? Answer);
