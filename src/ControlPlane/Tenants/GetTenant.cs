using Npgsql;

namespace ControlPlane.Tenants;

/// <summary>One tenant, as it is now.</summary>
public sealed class GetTenant(TenantRepository tenants, TimeProvider time)
{
    /// <exception cref="ControlPlaneException">No such tenant.</exception>
    public async Task<Tenant> ExecuteAsync(Guid id, CancellationToken cancellationToken) =>
        Require(id, await tenants.FindAsync(id, cancellationToken));

    /// <summary>In this connection's transaction.</summary>
    /// <exception cref="ControlPlaneException">No such tenant.</exception>
    public async Task<Tenant> ExecuteAsync(NpgsqlConnection connection, Guid id, CancellationToken cancellationToken) =>
        Require(id, await TenantRepository.FindAsync(connection, id, cancellationToken));

    private Tenant Require(Guid id, Tenant? found) =>
        (found ?? throw new ControlPlaneException(ErrorCode.NotFound, $"There is no tenant {id:D}."))
        .AsOf(time.GetUtcNow());
}
