using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ControlPlane.Persistence;
using ControlPlane.Tenants;
using Npgsql;

namespace ControlPlane.Connections;

/// <summary>Returns how an application reaches a tenant, from one snapshot of the database.</summary>
public sealed class GetConnection(NpgsqlDataSource database, GetTenant tenants)
{
    /// <exception cref="ControlPlaneException">
    /// The tenant does not exist, or is not ACTIVE (<c>wrong_state</c>).
    /// </exception>
    public Task<TenantConnection> ExecuteAsync(Guid tenantId, CancellationToken cancellationToken) =>
        database.InSnapshotAsync(async connection =>
        {
            var tenant = await tenants.ExecuteAsync(connection, tenantId, cancellationToken);
            return tenant.Status == TenantStatus.Active
                ? await ReadAsync(connection, tenant, cancellationToken)
                : throw new ControlPlaneException(ErrorCode.WrongState,
                    $"The tenant is {tenant.Status.ToText()}. Only an ACTIVE tenant has a connection.");
        }, cancellationToken);

    internal static async Task<TenantConnection> ReadAsync(
        NpgsqlConnection connection, Tenant tenant, CancellationToken cancellationToken)
    {
        var parts = await ConnectionParts.ListAsync(connection, tenant.Id, tenant.Attempt, cancellationToken);
        return new TenantConnection(
            tenant,
            Find(ConnectionParts.Identity, ConnectionJson.Default.IdentityConnection),
            Find(ConnectionParts.Database, ConnectionJson.Default.DatabaseConnection),
            Find(ConnectionParts.Storage, ConnectionJson.Default.StorageConnection),
            parts.Select(part => part.UpdatedAt).Append(tenant.UpdatedAt).Max());

        T? Find<T>(string name, JsonTypeInfo<T> type)
            where T : class => parts.Find(part => part.Part == name) is { Document: { } document }
                ? JsonSerializer.Deserialize(document, type)
                : null;
    }
}
