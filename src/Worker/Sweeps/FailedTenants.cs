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
    /// <summary>
    /// The time for which one sweep releases tenants: each one takes a reading of every system. The next sweep goes on.
    /// </summary>
    private static readonly TimeSpan Budget = TimeSpan.FromMinutes(5);

    /// <param name="errors">Collects the failures of single tenants; the others are still released.</param>
    /// <param name="cancellationToken">Ends the work between two tenants.</param>
    /// <returns>The number of released tenants.</returns>
    public Task<int> ReleaseAsync(ErrorCollector errors, CancellationToken cancellationToken)
    {
        long begun = time.GetTimestamp();
        return PagedRepair.RunAsync(
            async after => IsInTime() ? await ListAsync(after, cancellationToken) : [],
            tenantId => tenantId,
            async tenantId => IsInTime() && await TryReleaseAsync(tenantId, cancellationToken),
            errors, cancellationToken);

        bool IsInTime() => time.GetElapsedTime(begun) < Budget;
    }

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
