using ControlPlane.Persistence;
using ControlPlane.Readings;
using ControlPlane.Tenants;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ControlPlane.Provisioning;

/// <summary>
/// Releases a tenant that is not live: its key, its domains and its lead are free again. It acts on positive evidence
/// only: every outside system is read now and holds nothing of the tenant, and the tenant has not changed since.
/// </summary>
public sealed partial class ReleaseTenant(
    NpgsqlDataSource database, GetTenant tenants, GetResidue residue, TimeProvider time,
    ILogger<ReleaseTenant> logger)
{
    /// <summary>Releases the tenant, or returns one that is RELEASED.</summary>
    /// <exception cref="ControlPlaneException">
    /// The tenant does not exist; <c>wrong_state</c>: it is or may become live, an object of it exists, a system could
    /// not be read, or it changed meanwhile; <c>unavailable</c>: Temporal cannot be reached, or no worker answers.
    /// </exception>
    public async Task<Tenant> ExecuteAsync(Guid tenantId, ReleaseReason reason, CancellationToken cancellationToken)
    {
        var tenant = await tenants.ExecuteAsync(tenantId, cancellationToken);
        if (tenant.Status == TenantStatus.Released)
        {
            return tenant;
        }

        tenant.RequireReleasable();
        var found = await residue.ExecuteAsync(tenantId, cancellationToken);
        RequireClean(found);
        var released = await ReleaseAsync(found.Tenant, reason, cancellationToken);
        LogReleased(tenantId, released.Attempt, reason);
        return released;
    }

    // A reading that began before the tenant came into its state is no evidence: its run may be an earlier caller's.
    private static void RequireClean(TenantResidue residue)
    {
        var problems = residue.Systems.SelectMany(system =>
            system.Found.Where(found => found.StateFor(residue.Tenant) == Finding.LeftOver)
                .Select(found => $"{found.Type} {found.Name} exists")
                .Concat(system.Problem is { } problem ? [$"{system.System}: {problem}"] : [])
                .Concat(system.State is SystemReading.Read or SystemReading.NotConfigured
                        && !(system.ReadAt >= residue.Tenant.UpdatedAt)
                    ? [$"{system.System} was read before the tenant came into its state"]
                    : [])).ToList();
        problems.AddRange(residue.Left.Select(left => $"{left.Type} {left.Name} is recorded as left"));
        if (problems.Count > 0 || !residue.IsClean)
        {
            throw new ControlPlaneException(ErrorCode.WrongState,
                "The tenant was not released, since its residue is not zero: "
                + (problems.Count > 0 ? string.Join("; ", problems) : "no system was read") + ".");
        }
    }

    private Task<Tenant> ReleaseAsync(Tenant seen, ReleaseReason reason, CancellationToken cancellationToken) =>
        database.InTransactionAsync(async connection =>
        {
            var tenant = await TenantRepository.FindAndLockAsync(connection, seen.Id, cancellationToken);
            var attempt = tenant is null
                ? null
                : await ProvisioningAttempts.FindCurrentAsync(connection, tenant, cancellationToken);
            if (tenant is null || tenant.Status != seen.Status || tenant.Attempt != seen.Attempt
                || tenant.UpdatedAt != seen.UpdatedAt
                || attempt is not (null or { State: ProvisioningAttempt.RolledBack })
                || await HasRecordsAsync(connection, seen.Id, cancellationToken))
            {
                throw new ControlPlaneException(ErrorCode.WrongState,
                    "The tenant was not released: it has changed since its systems were read, or its resource records "
                    + "name an object. Call again.");
            }

            tenant.Release(time.GetUtcNow());
            await TenantRepository.SaveAsync(connection, tenant, cancellationToken);
            await connection.Command(
                "UPDATE tenants SET released_by = $2 WHERE id = $1",
                tenant.Id, reason == ReleaseReason.Operator ? "OPERATOR" : "AGE").ExecuteAsync(cancellationToken);
            return (await TenantRepository.FindAsync(connection, tenant.Id, cancellationToken))!;
        }, cancellationToken);

    // A record names an object that a reading by today's derived names could miss.
    private static async Task<bool> HasRecordsAsync(
        NpgsqlConnection connection, Guid tenantId, CancellationToken cancellationToken) =>
        (await connection.Command(
            "SELECT FROM resources WHERE tenant_id = $1 AND state <> 'DELETED' LIMIT 1", tenantId)
            .ReadAllAsync(_ => true, cancellationToken)).Count > 0;

    [LoggerMessage(109, LogLevel.Information, "Tenant {TenantId}: released after attempt {Attempt} by {Reason}")]
    private partial void LogReleased(Guid tenantId, int attempt, ReleaseReason reason);
}

/// <summary>Why a tenant is released.</summary>
public enum ReleaseReason
{
    /// <summary>An operator asked for it: the contact data stay for the retention.</summary>
    Operator = 1,

    /// <summary>The lifetime after its failure has passed: the contact data go with it.</summary>
    Age,
}
