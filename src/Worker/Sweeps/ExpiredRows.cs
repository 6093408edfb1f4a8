using ControlPlane.Idempotency;
using ControlPlane.Invitations;
using ControlPlane.Persistence;
using ControlPlane.Tenants;
using Npgsql;

namespace Worker.Sweeps;

/// <summary>Expires, erases and deletes rows in batches, each committed on its own.</summary>
public sealed class ExpiredRows(
    NpgsqlDataSource database, TenantRepository tenants, InvitationRepository invitations, IdempotentAnswers answers,
    TimeProvider time)
{
    private const int BatchSize = 100;

    /// <summary>Expires tenants that were not provisioned in time, which frees their keys and domains.</summary>
    /// <returns>The number of tenants.</returns>
    public Task<int> ExpireTenantsAsync(CancellationToken cancellationToken) =>
        InBatchesAsync(() => tenants.ExpireOverdueAsync(BatchSize, time.GetUtcNow(), cancellationToken));

    /// <summary>Erases expired sealed passwords, which no worker has fetched in time.</summary>
    /// <returns>The number of passwords.</returns>
    public Task<int> EraseSealedPasswordsAsync(CancellationToken cancellationToken) =>
        InBatchesAsync(() => invitations.EraseExpiredSealedAsync(BatchSize, time.GetUtcNow(), cancellationToken));

    /// <summary>
    /// Deletes invitations that were not accepted and whose link expired before the retention. Until then the row
    /// explains why the link is invalid.
    /// </summary>
    /// <returns>The number of invitations.</returns>
    public Task<int> DeleteInvitationsAsync(TimeSpan retention, CancellationToken cancellationToken) =>
        InBatchesAsync(() => database.Command(
            """
            DELETE FROM invitations WHERE id IN (
                SELECT id FROM invitations WHERE accepted_at IS NULL AND expires_at <= $1
                LIMIT $2 FOR UPDATE SKIP LOCKED)
            """,
            time.GetUtcNow() - retention, BatchSize).ExecuteAsync(cancellationToken));

    /// <summary>Deletes answers to requests with an idempotency key, a day after the request.</summary>
    /// <returns>The number of answers.</returns>
    public Task<int> DeleteIdempotentAnswersAsync(CancellationToken cancellationToken) =>
        InBatchesAsync(() => answers.DeleteExpiredAsync(BatchSize, cancellationToken));

    private static async Task<int> InBatchesAsync(Func<Task<int>> runBatch)
    {
        int total = 0;
        int count;
        do
        {
            count = await runBatch();
            total += count;
        }
        while (count == BatchSize);
        return total;
    }
}
