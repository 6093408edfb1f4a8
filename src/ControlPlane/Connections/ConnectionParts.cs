using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ControlPlane.Persistence;
using Npgsql;

namespace ControlPlane.Connections;

/// <summary>
/// The rows of <c>tenant_connections</c>: what the steps hand over to the application, one row for each part. A step
/// writes its part only while its attempt is PROVISIONING, and an undo deletes it only while that is ROLLING_BACK.
/// </summary>
public sealed class ConnectionParts(NpgsqlDataSource database, TimeProvider time)
{
    public const string Identity = "identity", Database = "database", Storage = "storage";

    /// <exception cref="ControlPlaneException"><c>stale_attempt</c>: the attempt may not write any more.</exception>
    public Task PutAsync(
        Guid tenantId, int attempt, IdentityConnection part, CancellationToken cancellationToken) =>
        PutAsync(tenantId, attempt, Identity, part, ConnectionJson.Default.IdentityConnection, cancellationToken);

    /// <inheritdoc cref="PutAsync(Guid, int, IdentityConnection, CancellationToken)"/>
    public Task PutAsync(
        Guid tenantId, int attempt, DatabaseConnection part, CancellationToken cancellationToken) =>
        PutAsync(tenantId, attempt, Database, part, ConnectionJson.Default.DatabaseConnection, cancellationToken);

    /// <inheritdoc cref="PutAsync(Guid, int, IdentityConnection, CancellationToken)"/>
    public Task PutAsync(
        Guid tenantId, int attempt, StorageConnection part, CancellationToken cancellationToken) =>
        PutAsync(tenantId, attempt, Storage, part, ConnectionJson.Default.StorageConnection, cancellationToken);

    /// <summary>Finds the database's part of a tenant's attempt; null where there is none.</summary>
    public async Task<DatabaseConnection?> FindDatabaseAsync(
        Guid tenantId, int attempt, CancellationToken cancellationToken) =>
        await database.Command(
            "SELECT document::text FROM tenant_connections WHERE tenant_id = $1 AND part = $2 AND attempt = $3",
            tenantId, Database, attempt).ReadFirstAsync(row => row.GetString(0), cancellationToken) is { } document
            ? JsonSerializer.Deserialize(document, ConnectionJson.Default.DatabaseConnection)
            : null;

    /// <summary>
    /// Replaces the database's part of an ACTIVE tenant, if its login is still that of the generation before.
    /// </summary>
    /// <returns>False when it is not, or the tenant is no longer ACTIVE.</returns>
    public async Task<bool> ReplaceLoginAsync(
        Guid tenantId, int attempt, DatabaseConnection part, CancellationToken cancellationToken) =>
        await database.Command(
            """
            INSERT INTO tenant_connections AS c (tenant_id, part, attempt, document, updated_at)
            SELECT id, $2, attempt, $4::jsonb, $5 FROM tenants
            WHERE id = $1 AND attempt = $3 AND status = 'ACTIVE' FOR SHARE
            ON CONFLICT (tenant_id, part) DO UPDATE
            SET attempt = excluded.attempt, document = excluded.document, updated_at = excluded.updated_at
            WHERE coalesce((c.document #>> '{login,generation}')::integer, 0) = $6
            """,
            tenantId, Database, attempt, JsonSerializer.Serialize(part, ConnectionJson.Default.DatabaseConnection),
            time.GetUtcNow(), part.Login!.Generation - 1).ExecuteAsync(cancellationToken) > 0;

    /// <summary>Deletes a part of this attempt or an earlier one; nothing where the attempt is stale.</summary>
    public Task DeleteAsync(Guid tenantId, int attempt, string part, CancellationToken cancellationToken) =>
        database.Command(
            """
            DELETE FROM tenant_connections WHERE tenant_id = $1 AND part = $2 AND attempt <= $3
            AND EXISTS (SELECT FROM tenants WHERE id = $1 AND attempt = $3 AND status = 'ROLLING_BACK')
            """,
            tenantId, part, attempt).ExecuteAsync(cancellationToken);

    /// <summary>Reads the parts of a tenant's attempt, with the time of the last change.</summary>
    internal static Task<List<(string Part, string Document, DateTimeOffset UpdatedAt)>> ListAsync(
        NpgsqlConnection connection, Guid tenantId, int attempt, CancellationToken cancellationToken) =>
        connection.Command(
            """
            SELECT part, document::text, updated_at FROM tenant_connections
            WHERE tenant_id = $1 AND attempt = $2 ORDER BY part
            """,
            tenantId, attempt).ReadAllAsync(
                row => (row.Text("part"), row.Text("document"), row.Time("updated_at")), cancellationToken);

    private async Task PutAsync<T>(
        Guid tenantId, int attempt, string part, T document, JsonTypeInfo<T> type,
        CancellationToken cancellationToken)
    {
        // The lock serializes with the transition to ROLLING_BACK: a late write is deleted by the undo, or refused.
        int written = await database.Command(
            """
            INSERT INTO tenant_connections AS c (tenant_id, part, attempt, document, updated_at)
            SELECT id, $2, attempt, $4::jsonb, $5 FROM tenants
            WHERE id = $1 AND attempt = $3 AND status = 'PROVISIONING' FOR SHARE
            ON CONFLICT (tenant_id, part) DO UPDATE
            SET attempt = excluded.attempt, document = excluded.document, updated_at = excluded.updated_at
            """,
            tenantId, part, attempt, JsonSerializer.Serialize(document, type), time.GetUtcNow())
            .ExecuteAsync(cancellationToken);
        if (written == 0)
        {
            throw new ControlPlaneException(ErrorCode.StaleAttempt,
                $"Attempt {attempt} is no longer PROVISIONING and must not change the connection.");
        }
    }
}
