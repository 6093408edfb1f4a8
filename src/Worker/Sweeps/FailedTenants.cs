using ControlPlane;
using ControlPlane.Persistence;
using ControlPlane.Provisioning;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Worker.Sweeps;

/// <summary>
/// Releases tenants whose provisioning failed a lifetime ago, on the same evidence as an operator's call. A tenant that
/// can never be provisioned would otherwise hold its key and its company's domain for ever.
/// </summary>
public sealed partial class FailedTenants(
    NpgsqlDataSource database, ReleaseTenant release, SweepOptions options, TimeProvider time,
    ILogger<FailedTenants> logger)
{
    /// <summary>The name of the list, and of its count in the progress.</summary>
    public const string List = "failed tenants";

    /// <summary>Releases every such tenant. Each one takes a reading of every system.</summary>
    public Task ReleaseAsync(SweepProgress progress, CancellationToken cancellationToken) => PagedRepair.RunAsync(
        progress,
        List,
        after => ListAsync(after, cancellationToken),
        tenantId => tenantId,
        tenantId => $"tenant {tenantId:D}",
        tenantId => TryReleaseAsync(tenantId, cancellationToken),
        cancellationToken);

    private async Task<bool> TryReleaseAsync(Guid tenantId, CancellationToken cancellationToken)
    {
        try
        {
            await release.ExecuteAsync(tenantId, ReleaseReason.Age, cancellationToken);
            return true;
        }
        catch (ControlPlaneException e)
        {
            // It has moved on, or its residue is not zero now: the other tenants are independent of it.
            LogNotReleased(tenantId, e.Message);
            return false;
        }
    }

    // Only an attempt that this database saw rolled back: a restored one may know less than the systems.
    private Task<List<Guid>> ListAsync(Guid after, CancellationToken cancellationToken) => database.Command(
        """
        SELECT t.id FROM tenants t
        JOIN provisioning_attempts a ON a.tenant_id = t.id AND a.attempt = t.attempt AND a.state = 'ROLLED_BACK'
        WHERE t.status = 'PROVISION_FAILED' AND t.id > $1 AND t.updated_at <= $2
        ORDER BY t.id LIMIT $3
        """,
        after, time.GetUtcNow() - options.FailedTenantLifetime, PagedRepair.PageSize).ReadAllAsync(
            row => row.Id("id"), cancellationToken);

    [LoggerMessage(EventId = 615, Level = LogLevel.Warning,
        Message = "Tenant {TenantId}: its lifetime after the failure has passed; not released: {Reason}")]
    private partial void LogNotReleased(Guid tenantId, string reason);
}
