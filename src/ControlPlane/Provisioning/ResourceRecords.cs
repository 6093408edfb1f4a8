using ControlPlane.Persistence;
using Npgsql;

namespace ControlPlane.Provisioning;

/// <summary>The types of <c>resources</c>: a public contract.</summary>
public static class ResourceTypes
{
    public const string KeycloakRealm = "keycloak_realm";
    public const string KeycloakClient = "keycloak_client";
    public const string KeycloakAdminUser = "keycloak_admin_user";
    public const string DatabaseSchema = "database_schema";
    public const string StorageBucket = "storage_bucket";
}

/// <summary>
/// What a tenant owns in the outside systems, written ahead: PLANNED is committed before anything is made, CREATED
/// after it, DELETED after its undo. So there is never a thing of ours that no row speaks of.
/// </summary>
public sealed class ResourceRecords(NpgsqlDataSource database, TimeProvider time)
{
    /// <param name="tenantId">The tenant.</param>
    /// <param name="attempt">Its attempt.</param>
    /// <param name="type">One of <see cref="ResourceTypes"/>.</param>
    /// <param name="name">In the outside system.</param>
    /// <param name="details">JSON for later readers; null keeps what this attempt has there, no other's.</param>
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

    /// <inheritdoc cref="PlanAsync"/>
    public Task CreatedAsync(
        Guid tenantId, int attempt, string type, string name, string? details, CancellationToken cancellationToken) =>
        database.Command(
            """
            UPDATE resources SET state = 'CREATED', details = coalesce($5::jsonb, details), updated_at = $6
            WHERE tenant_id = $1 AND attempt = $2 AND type = $3 AND name = $4
            """,
            tenantId, attempt, type, name, details, time.GetUtcNow()).ExecuteAsync(cancellationToken);

    /// <summary>Of this attempt and earlier ones, all of a type.</summary>
    public Task DeletedAsync(Guid tenantId, int attempt, string type, CancellationToken cancellationToken) =>
        database.Command(
            """
            UPDATE resources SET state = 'DELETED', updated_at = $4
            WHERE tenant_id = $1 AND attempt <= $2 AND type = $3 AND state <> 'DELETED'
            """,
            tenantId, attempt, type, time.GetUtcNow()).ExecuteAsync(cancellationToken);

    /// <returns>
    /// The attempt, this one or an earlier, that made it, as far as was written down; null where none did, or where it
    /// was deleted since.
    /// </returns>
    public async Task<int?> FindMakerAsync(
        Guid tenantId, int attempt, string type, string name, CancellationToken cancellationToken) =>
        await database.Command(
            """
            SELECT attempt FROM resources
            WHERE tenant_id = $1 AND attempt <= $2 AND type = $3 AND name = $4 AND state = 'CREATED'
            """,
            tenantId, attempt, type, name).ReadAllAsync(row => row.GetInt32(0), cancellationToken) is [var maker]
            ? maker
            : null;

    /// <summary>What is there by the records, or may be.</summary>
    public Task<List<(string Type, string Name)>> ListNotDeletedAsync(
        Guid tenantId, CancellationToken cancellationToken) =>
        database.Command(
            "SELECT type, name FROM resources WHERE tenant_id = $1 AND state <> 'DELETED' ORDER BY type, name",
            tenantId).ReadAllAsync(row => (row.Text("type"), row.Text("name")), cancellationToken);

    /// <returns>
    /// The JSON that this very attempt keeps with a resource; null where there is none. What another one knew says
    /// nothing about what is there today.
    /// </returns>
    public async Task<string?> FindDetailsAsync(
        Guid tenantId, int attempt, string type, string name, CancellationToken cancellationToken) =>
        (await database.Command(
            """
            SELECT details::text FROM resources
            WHERE tenant_id = $1 AND attempt = $2 AND type = $3 AND name = $4 AND details IS NOT NULL
            """,
            tenantId, attempt, type, name).ReadAllAsync(row => row.GetString(0), cancellationToken)).FirstOrDefault();

    /// <summary>Of this attempt and earlier ones, all of a type: its system was read, and nothing is there.</summary>
    public Task ForgetDetailsAsync(Guid tenantId, int attempt, string type, CancellationToken cancellationToken) =>
        database.Command(
            "UPDATE resources SET details = NULL WHERE tenant_id = $1 AND attempt <= $2 AND type = $3",
            tenantId, attempt, type).ExecuteAsync(cancellationToken);

    /// <summary>
    /// Closes the list: it names what exists, no more (rows of earlier attempts that were deleted go) and no less.
    /// </summary>
    /// <returns>The types that are still only planned: a step ended without saying that it made them.</returns>
    public Task<List<string>> SealAsync(Guid tenantId, int attempt, CancellationToken cancellationToken) =>
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
