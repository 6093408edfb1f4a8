using Npgsql;

namespace ControlPlane.Tenants;

/// <summary>Returns one tenant in its current state.</summary>
public sealed class GetTenant(TenantRepository tenants, TimeProvider time)
{
    /// <exception cref="ControlPlaneException">The tenant does not exist.</exception>
    public async Task<Tenant> ExecuteAsync(Guid id, CancellationToken cancellationToken) =>
        Require(id, await tenants.FindAsync(id, cancellationToken));

    /// <summary>Returns the tenant within the connection's transaction.</summary>
    /// <exception cref="ControlPlaneException">The tenant does not exist.</exception>
    public async Task<Tenant> ExecuteAsync(NpgsqlConnection connection, Guid id, CancellationToken cancellationToken) =>
        Require(id, await TenantRepository.FindAsync(connection, id, cancellationToken));

    private Tenant Require(Guid id, Tenant? found) =>
        (found ?? throw new ControlPlaneException(ErrorCode.NotFound, $"The tenant {id:D} does not exist."))
        .AsOf(time.GetUtcNow());
}
