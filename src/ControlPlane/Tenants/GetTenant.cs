namespace ControlPlane.Tenants;

/// <summary>One tenant, as it is now.</summary>
public sealed class GetTenant(TenantRepository tenants, TimeProvider time)
{
    /// <exception cref="ControlPlaneException">No such tenant.</exception>
    public async Task<Tenant> ExecuteAsync(Guid id, CancellationToken cancellation) =>
        (await tenants.FindAsync(id, cancellation)
            ?? throw new ControlPlaneException(ErrorCode.NotFound, $"There is no tenant {id:D}."))
        .AsOf(time.GetUtcNow());
}
