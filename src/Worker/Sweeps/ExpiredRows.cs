using ControlPlane.Invitations;
using ControlPlane.Persistence;
using ControlPlane.Tenants;
using Npgsql;

namespace Worker.Sweeps;

/// <summary>Rows whose time is over, in batches: what was done stays done when the rest is interrupted.</summary>
public sealed class ExpiredRows(
    NpgsqlDataSource database, TenantRepository tenants, InvitationRepository invitations, TimeProvider time)
{
    private const int Batch = 100;

    /// <summary>Tenants that were never provisioned give their key and domains back.</summary>
    /// <returns>How many.</returns>
    public Task<int> ExpireTenantsAsync(CancellationToken cancellationToken) =>
        InBatchesAsync(() => tenants.ExpireOverdueAsync(Batch, time.GetUtcNow(), cancellationToken));

    /// <summary>Sealed passwords that no worker has fetched in time.</summary>
    /// <returns>How many.</returns>
    public Task<int> EraseSealedPasswordsAsync(CancellationToken cancellationToken) =>
        InBatchesAsync(() => invitations.EraseExpiredSealedAsync(Batch, time.GetUtcNow(), cancellationToken));

    /// <summary>
    /// Invitations that nobody accepted and whose link has been dead for so long that nobody asks why any more.
    /// </summary>
    /// <returns>How many.</returns>
    public Task<int> DeleteInvitationsAsync(TimeSpan deadFor, CancellationToken cancellationToken) =>
        InBatchesAsync(() => database.Command(
            """
            DELETE FROM invitations WHERE id IN (
                SELECT id FROM invitations WHERE accepted_at IS NULL AND expires_at <= $1
                LIMIT $2 FOR UPDATE SKIP LOCKED)
            """,
            time.GetUtcNow() - deadFor, Batch).ExecuteAsync(cancellationToken));

    private static async Task<int> InBatchesAsync(Func<Task<int>> work)
    {
        int total = 0;
        int done;
        do
        {
            done = await work();
            total += done;
        }
        while (done == Batch);
        return total;
    }
}
