using ControlPlane.Persistence;
using Npgsql;

namespace ControlPlane.Provisioning;

/// <summary>The values of the column <c>resources.type</c>. They are a public contract.</summary>
public static class ResourceTypes
{
    public const string KeycloakRealm = "keycloak_realm";
    public const string KeycloakClient = "keycloak_client";
    public const string KeycloakAdminUser = "keycloak_admin_user";
    public const string DatabaseSchema = "database_schema";
    public const string StorageBucket = "storage_bucket";
    public const string TenantSecret = "tenant_secret";
    public const string Infrastructure = "infrastructure";
}

/// <summary>
/// The rows of <c>resources</c>, one for each object of a tenant in an outside system. They are written ahead: PLANNED
/// is committed before the object is made, CREATED after it, DELETED after its undo. So no object lacks a row.
/// </summary>
public sealed class ResourceRecords(NpgsqlDataSource database, TimeProvider time)
{
    /// <summary>Records that an object is about to be made.</summary>
    /// <param name="tenantId">The tenant.</param>
    /// <param name="attempt">The tenant's attempt.</param>
    /// <param name="type">One of <see cref="ResourceTypes"/>.</param>
    /// <param name="name">The name in the outside system.</param>
    /// <param name="details">
    /// JSON for later steps and readings; null keeps the details of the same attempt and drops those of another.
    /// </param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task PlanAsync(
        Guid tenantId, int attempt, string type, string name, string? details, CancellationToken cancellationToken) =>
        database.Command(
            """
            INSERT INTO resources AS r (tenant_id, type, name, state, attempt, details, created_at, updated_at)
            VALUES ($1, $2, $3, 'PLANNED', $4, $5::jsonb, $6, $6)
            ON CONFLICT (tenant_id, type, name) DO UPDATE
            SET state = CASE WHEN r.state = 'CREATED' AND r.attempt = excluded.attempt THEN r.state ELSE 'PLANNED' END,
                details = CASE WHEN r.attempt = excluded.attempt THEN coalesce(excluded.details, r.details)
                               ELSE excluded.details END,
                attempt = excluded.attempt, updated_at = $6
            WHERE r.attempt <= excluded.attempt
            """,
            tenantId, type, name, attempt, details, time.GetUtcNow()).ExecuteAsync(cancellationToken);

    /// <summary>Records that an object of this attempt was made.</summary>
    /// <param name="tenantId">The tenant.</param>
    /// <param name="attempt">The tenant's attempt.</param>
    /// <param name="type">One of <see cref="ResourceTypes"/>.</param>
    /// <param name="name">The name in the outside system.</param>
    /// <param name="details">JSON for later steps and readings; null keeps the stored details.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task CreatedAsync(
        Guid tenantId, int attempt, string type, string name, string? details, CancellationToken cancellationToken) =>
        database.Command(
            """
            UPDATE resources SET state = 'CREATED', details = coalesce($5::jsonb, details), updated_at = $6
            WHERE tenant_id = $1 AND attempt = $2 AND type = $3 AND name = $4
            """,
            tenantId, attempt, type, name, details, time.GetUtcNow()).ExecuteAsync(cancellationToken);

    /// <summary>Records that the objects of a type were deleted, those of this attempt and of earlier ones.</summary>
    public Task DeletedAsync(Guid tenantId, int attempt, string type, CancellationToken cancellationToken) =>
        database.Command(
            """
            UPDATE resources SET state = 'DELETED', updated_at = $4
            WHERE tenant_id = $1 AND attempt <= $2 AND type = $3 AND state <> 'DELETED'
            """,
            tenantId, attempt, type, time.GetUtcNow()).ExecuteAsync(cancellationToken);

    /// <summary>Removes the record of an object of a live tenant that was replaced by another one.</summary>
    public Task RemoveAsync(Guid tenantId, string type, string name, CancellationToken cancellationToken) =>
        database.Command(
            "DELETE FROM resources WHERE tenant_id = $1 AND type = $2 AND name = $3", tenantId, type, name)
            .ExecuteAsync(cancellationToken);

    /// <summary>Finds the attempt, this one or an earlier one, that is on record as the creator of an object.</summary>
    /// <returns>Null when no record is CREATED.</returns>
    public async Task<int?> FindCreatingAttemptAsync(
        Guid tenantId, int attempt, string type, string name, CancellationToken cancellationToken) =>
        await database.Command(
            """
            SELECT attempt FROM resources
            WHERE tenant_id = $1 AND attempt <= $2 AND type = $3 AND name = $4 AND state = 'CREATED'
            """,
            tenantId, attempt, type, name).ReadAllAsync(row => row.GetInt32(0), cancellationToken) is [var creator]
            ? creator
            : null;

    /// <summary>Lists the objects that exist, or may exist, according to the records.</summary>
    public Task<List<(string Type, string Name)>> ListNotDeletedAsync(
        Guid tenantId, CancellationToken cancellationToken) =>
        database.Command(
            "SELECT type, name FROM resources WHERE tenant_id = $1 AND state <> 'DELETED' ORDER BY type, name",
            tenantId).ReadAllAsync(row => (row.Text("type"), row.Text("name")), cancellationToken);

    /// <summary>Finds the details that this attempt stored; null where there are none.</summary>
    /// <remarks>The details of another attempt say nothing about the object that exists now.</remarks>
    public async Task<string?> FindDetailsAsync(
        Guid tenantId, int attempt, string type, string name, CancellationToken cancellationToken) =>
        (await database.Command(
            """
            SELECT details::text FROM resources
            WHERE tenant_id = $1 AND attempt = $2 AND type = $3 AND name = $4 AND details IS NOT NULL
            """,
            tenantId, attempt, type, name).ReadAllAsync(row => row.GetString(0), cancellationToken)).FirstOrDefault();

    /// <summary>
    /// Clears the details of a type, of this attempt and of earlier ones, after a reading that found no object.
    /// </summary>
    public Task ClearDetailsAsync(Guid tenantId, int attempt, string type, CancellationToken cancellationToken) =>
        database.Command(
            "UPDATE resources SET details = NULL WHERE tenant_id = $1 AND attempt <= $2 AND type = $3",
            tenantId, attempt, type).ExecuteAsync(cancellationToken);

    /// <summary>
    /// Completes the list of a tenant's objects: deletes the DELETED rows of this attempt and of earlier ones.
    /// </summary>
    /// <returns>The types of rows that are still PLANNED: the step ended without recording the object.</returns>
    public Task<List<string>> CompleteListAsync(Guid tenantId, int attempt, CancellationToken cancellationToken) =>
        database.InTransactionAsync(async connection =>
        {
            await connection.Command(
                "DELETE FROM resources WHERE tenant_id = $1 AND state = 'DELETED' AND attempt <= $2", tenantId, attempt)
                .ExecuteAsync(cancellationToken);
            return await connection.Command(
                "SELECT type FROM resources WHERE tenant_id = $1 AND state = 'PLANNED' ORDER BY type", tenantId)
                .ReadAllAsync(row => row.GetString(0), cancellationToken);
        }, cancellationToken);
}
