using ControlPlane.Persistence;
using Npgsql;

namespace ControlPlane.Invitations;

/// <summary>The rows of <c>invitations</c>, and passwords on their way to the worker.</summary>
public sealed class InvitationRepository(NpgsqlDataSource database)
{
    public Task<Invitation?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        database.Command("SELECT * FROM invitations WHERE id = $1", id).ReadFirstAsync(Read, cancellationToken);

    public Task<Invitation?> FindByTenantAsync(Guid tenantId, CancellationToken cancellationToken) =>
        database.Command("SELECT * FROM invitations WHERE tenant_id = $1", tenantId)
            .ReadFirstAsync(Read, cancellationToken);

    /// <summary>
    /// The tenant's invitation, made if there is none: a mail that is sent again carries the same link.
    /// </summary>
    public async Task<Invitation> FindOrAddAsync(Guid tenantId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await database.Command(
            """
            INSERT INTO invitations (id, tenant_id, expires_at, created_at) VALUES ($1, $2, $3, $4)
            ON CONFLICT (tenant_id) DO NOTHING
            """,
            Guid.CreateVersion7(now), tenantId, now + Invitation.Lifetime, now).ExecuteAsync(cancellationToken);
        return (await FindByTenantAsync(tenantId, cancellationToken))!;
    }

    /// <summary>
    /// A new generation of the tenant's invitation, or its first one: the link before is worthless then.
    /// </summary>
    public async Task<Invitation> RenewAsync(Guid tenantId, DateTimeOffset now, CancellationToken cancellationToken) =>
        (await database.Command(
            """
            INSERT INTO invitations AS i (id, tenant_id, expires_at, created_at) VALUES ($1, $2, $3, $4)
            ON CONFLICT (tenant_id) DO UPDATE
            SET generation = i.generation + 1, expires_at = excluded.expires_at, accepted_at = NULL
            RETURNING *
            """,
            Guid.CreateVersion7(now), tenantId, now + Invitation.Lifetime,
            now).ReadFirstAsync(Read, cancellationToken))!;

    /// <summary>The newest key that seals passwords for the worker; null until <c>setup</c> has stored one.</summary>
    public Task<SealingKey?> FindSealingKeyAsync(CancellationToken cancellationToken) =>
        database.Command("SELECT id, public_key FROM sealing_keys ORDER BY created_at DESC, id LIMIT 1")
            .ReadFirstAsync(row => new SealingKey(row.GetString(0), row.GetFieldValue<byte[]>(1)), cancellationToken);

    /// <summary>
    /// Puts a sealed password where the worker finds it, unless another one is on its way, of whatever generation: its
    /// caller takes its absence for the worker's doing.
    /// </summary>
    /// <returns>Whether it was put there.</returns>
    public async Task<bool> TryAddSealedAsync(
        SealedPassword password, DateTimeOffset now, CancellationToken cancellationToken) =>
        await database.Command(
            """
            INSERT INTO sealed_passwords AS s (invitation_id, generation, key_id, sealed, expires_at)
            VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (invitation_id) DO UPDATE
            SET generation = excluded.generation, key_id = excluded.key_id, sealed = excluded.sealed,
                expires_at = excluded.expires_at
            WHERE s.expires_at <= $6
            """,
            password.InvitationId, password.Generation, password.KeyId, password.Sealed, password.ExpiresAt, now)
            .ExecuteAsync(cancellationToken) == 1;

    /// <summary>The password that waits for the worker; null when there is none, or it has waited too long.</summary>
    public Task<SealedPassword?> FindSealedAsync(
        Guid invitationId, int generation, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.Command(
            """
            SELECT * FROM sealed_passwords WHERE invitation_id = $1 AND generation = $2 AND expires_at > $3
            """,
            invitationId, generation, now).ReadFirstAsync(
                row => new SealedPassword(
                    invitationId, generation, row.Text("key_id"),
                    row.GetFieldValue<byte[]>(row.GetOrdinal("sealed")), row.Time("expires_at")),
                cancellationToken);

    /// <summary>
    /// Uses the invitation up and erases this very password, both or neither. Another one in its place stays: that it
    /// is there still tells its caller that it was not the one that was set.
    /// </summary>
    public Task AcceptAsync(SealedPassword password, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.InTransactionAsync(async connection =>
        {
            await connection.Command(
                """
                UPDATE invitations SET accepted_at = $3
                WHERE id = $1 AND generation = $2 AND accepted_at IS NULL
                """,
                password.InvitationId, password.Generation, now).ExecuteAsync(cancellationToken);
            return await connection.Command(
                "DELETE FROM sealed_passwords WHERE invitation_id = $1 AND sealed = $2",
                password.InvitationId, password.Sealed).ExecuteAsync(cancellationToken);
        }, cancellationToken);

    /// <summary>Erases this very password; another one in its place stays.</summary>
    /// <returns>Whether it was still there.</returns>
    public async Task<bool> EraseSealedAsync(SealedPassword password) => await database.Command(
        "DELETE FROM sealed_passwords WHERE invitation_id = $1 AND sealed = $2", password.InvitationId, password.Sealed)
        .ExecuteAsync(CancellationToken.None) == 1;

    /// <summary>
    /// Erases sealed passwords whose time is over, of any invitation: their callers' processes died before they could.
    /// </summary>
    /// <param name="most">So many at once at most: whoever erases them on the way does not wait for long.</param>
    /// <param name="now">What has expired by then.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>How many.</returns>
    public Task<int> EraseExpiredSealedAsync(int most, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.Command(
            """
            DELETE FROM sealed_passwords WHERE invitation_id IN (
                SELECT invitation_id FROM sealed_passwords WHERE expires_at <= $1 LIMIT $2 FOR UPDATE SKIP LOCKED)
            """,
            now, most).ExecuteAsync(cancellationToken);

    private static Invitation Read(NpgsqlDataReader row) => new(
        row.Id("id"), row.Id("tenant_id"), row.Number("generation"), row.Time("expires_at"),
        row.FindTime("accepted_at"));
}

/// <param name="PublicKey">SubjectPublicKeyInfo of an RSA key.</param>
public sealed record SealingKey(string Id, byte[] PublicKey);

/// <summary>A password that the worker's private key alone can open.</summary>
public sealed record SealedPassword(
    Guid InvitationId, int Generation, string KeyId, byte[] Sealed, DateTimeOffset ExpiresAt);
