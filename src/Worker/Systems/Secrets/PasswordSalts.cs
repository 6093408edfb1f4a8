using System.Security.Cryptography;
using ControlPlane.Persistence;
using Npgsql;

namespace Worker.Systems.Secrets;

/// <summary>
/// The rows of <c>tenant_passwords</c>, from which passwords are derived. The first try of a generation writes the row,
/// and every other one finds it: so all of them have one password, and a late call does no harm.
/// </summary>
public sealed class PasswordSalts(NpgsqlDataSource database, TimeProvider time)
{
    private const int SaltBytes = 32;

    /// <summary>Gets the row of a generation, and writes it with the current key where there is none.</summary>
    public async Task<PasswordSalt> EnsureAsync(
        Guid tenantId, int attempt, int generation, string keyId, CancellationToken cancellationToken)
    {
        await database.Command(
            """
            INSERT INTO tenant_passwords (tenant_id, attempt, generation, key_id, salt, created_at)
            VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING
            """,
            tenantId, attempt, generation, keyId, RandomNumberGenerator.GetBytes(SaltBytes), time.GetUtcNow())
            .ExecuteAsync(cancellationToken);
        return await FindAsync(tenantId, attempt, generation, cancellationToken)
            ?? throw new InvalidOperationException("The row of the password was deleted while it was used.");
    }

    public Task<PasswordSalt?> FindAsync(
        Guid tenantId, int attempt, int generation, CancellationToken cancellationToken) =>
        database.Command(
            "SELECT key_id, salt FROM tenant_passwords WHERE tenant_id = $1 AND attempt = $2 AND generation = $3",
            tenantId, attempt, generation).ReadFirstAsync(
                row => new PasswordSalt(row.Text("key_id"), row.GetFieldValue<byte[]>(row.GetOrdinal("salt"))),
                cancellationToken);

    /// <summary>Deletes the rows of earlier attempts, and those of this one before a generation.</summary>
    public Task DeleteBeforeAsync(
        Guid tenantId, int attempt, int generation, CancellationToken cancellationToken) =>
        database.Command(
            """
            DELETE FROM tenant_passwords
            WHERE tenant_id = $1 AND (attempt < $2 OR (attempt = $2 AND generation < $3))
            """,
            tenantId, attempt, generation).ExecuteAsync(cancellationToken);
}

/// <param name="KeyId">The id of the key in <c>TENANT_SECRET_KEYS</c>.</param>
public sealed record PasswordSalt(string KeyId, byte[] Salt);
