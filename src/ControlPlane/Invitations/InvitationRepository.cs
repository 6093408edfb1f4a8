using ControlPlane.Persistence;
using ControlPlane.Security;
using Npgsql;

namespace ControlPlane.Invitations;

/// <summary>
/// Stores invitations and their sealed passwords (<c>invitations</c>, <c>sealed_passwords</c>, <c>sealing_keys</c>).
/// </summary>
public sealed class InvitationRepository(NpgsqlDataSource database)
{
    public Task<Invitation?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        database.Command("SELECT * FROM invitations WHERE id = $1", id).ReadFirstAsync(Read, cancellationToken);

    /// <summary>Finds the invitation of a mailed token, which is not verified yet.</summary>
    /// <exception cref="ControlPlaneException">The token is missing, malformed, or of no invitation.</exception>
    public async Task<Invitation> FindByTokenAsync(string? token, CancellationToken cancellationToken)
    {
        if (token is not { Length: > 0 })
        {
            throw ControlPlaneException.Invalid("token", "token is missing: the part of the link after # is expected.");
        }

        return (MailedTokens.ReadId(token) is { } id ? await FindAsync(id, cancellationToken) : null)
            ?? throw Invitation.InvalidToken();
    }

    public Task<Invitation?> FindByTenantAsync(Guid tenantId, CancellationToken cancellationToken) =>
        database.Command("SELECT * FROM invitations WHERE tenant_id = $1", tenantId)
            .ReadFirstAsync(Read, cancellationToken);

    /// <summary>
    /// Returns the tenant's invitation, creating it if there is none. A mail that is sent again has the same link.
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
    /// Makes the next generation of the invitation the current one: earlier links become invalid, and the new one can
    /// be used once. Does nothing if this generation or a later one is already current.
    /// </summary>
    public Task BeginGenerationAsync(
        Guid id, int generation, DateTimeOffset expiresAt, CancellationToken cancellationToken) => database.Command(
        """
        UPDATE invitations SET generation = $2, expires_at = $3, accepted_at = NULL
        WHERE id = $1 AND generation = $2 - 1
        """,
        id, generation, expiresAt).ExecuteAsync(cancellationToken);

    /// <summary>Returns the newest key for sealing passwords, or null before <c>setup</c> stores one.</summary>
    public Task<SealingKey?> FindSealingKeyAsync(CancellationToken cancellationToken) =>
        database.Command("SELECT id, public_key FROM sealing_keys ORDER BY created_at DESC, id LIMIT 1")
            .ReadFirstAsync(row => new SealingKey(row.GetString(0), row.GetFieldValue<byte[]>(1)), cancellationToken);

    /// <summary>
    /// Stores a sealed password for the worker, unless an unexpired one of any generation is stored. That one must not
    /// be replaced: its caller concludes from its absence that the worker has processed it.
    /// </summary>
    /// <returns>Whether the password was stored.</returns>
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

    /// <summary>Returns the sealed password of an invitation, or null if there is none or it has expired.</summary>
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
    /// Marks the invitation as used and erases this password, in one transaction. A password that was stored later
    /// stays: its presence tells its caller that it was not set.
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

    /// <summary>Erases this password; a password that was stored later stays.</summary>
    /// <returns>Whether the password still existed.</returns>
    public async Task<bool> EraseSealedAsync(SealedPassword password) => await database.Command(
        "DELETE FROM sealed_passwords WHERE invitation_id = $1 AND sealed = $2", password.InvitationId, password.Sealed)
        .ExecuteAsync(CancellationToken.None) == 1;

    /// <summary>
    /// Erases expired sealed passwords of all invitations. They remain if the process of their caller was killed.
    /// </summary>
    /// <param name="limit">The maximum number of erased passwords, which keeps the call short.</param>
    /// <param name="now">The current time.</param>
    /// <param name="cancellationToken">Cancels the command.</param>
    /// <returns>The number of erased passwords.</returns>
    public Task<int> EraseExpiredSealedAsync(int limit, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.Command(
            """
            DELETE FROM sealed_passwords WHERE invitation_id IN (
                SELECT invitation_id FROM sealed_passwords WHERE expires_at <= $1 LIMIT $2 FOR UPDATE SKIP LOCKED)
            """,
            now, limit).ExecuteAsync(cancellationToken);

    private static Invitation Read(NpgsqlDataReader row) => new(
        row.Id("id"), row.Id("tenant_id"), row.Number("generation"), row.Time("expires_at"),
        row.FindTime("accepted_at"));
}

/// <param name="PublicKey">The SubjectPublicKeyInfo of an RSA key.</param>
public sealed record SealingKey(string Id, byte[] PublicKey);

/// <summary>A password that only the worker's private key can open.</summary>
public sealed record SealedPassword(
    Guid InvitationId, int Generation, string KeyId, byte[] Sealed, DateTimeOffset ExpiresAt);
