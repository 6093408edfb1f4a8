using ControlPlane.Provisioning;
using ControlPlane.Temporal;
using ControlPlane.Tenants;
using Temporalio.Client;
using Temporalio.Exceptions;

namespace ControlPlane.Readings;

/// <param name="Systems">The answer of each system, read by this call.</param>
/// <param name="Attempt">
/// The current attempt, with the time of its rollback's last reading of every system; null before the first one.
/// </param>
/// <param name="Left">The residue of that rollback.</param>
public sealed record TenantResidue(
    Tenant Tenant, IReadOnlyList<SystemReading> Systems, ProvisioningAttempt? Attempt,
    IReadOnlyList<Residue> Left)
{
    /// <summary>Whether every answer is complete and no object is left over.</summary>
    public bool IsClean => Systems.Count > 0 && Systems.All(system => system.IsCleanFor(Tenant));
}

/// <summary>
/// Reads the objects of a tenant from the outside systems. The functions know none of the systems: the worker reads
/// them, and the functions wait for its answer.
/// </summary>
public sealed class GetResidue(
    GetProvisioning provisioning, ControlPlaneWorkflows workflows, SystemReadings readings, ResidueRecords residue,
    TimeProvider time)
{
    // Longer than the longest reading.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    /// <exception cref="ControlPlaneException">
    /// The tenant does not exist; <c>unavailable</c>: Temporal cannot be reached, or no worker answers.
    /// </exception>
    public async Task<TenantResidue> ExecuteAsync(Guid tenantId, CancellationToken cancellationToken)
    {
        var (tenant, attempt, _) = await provisioning.ExecuteAsync(tenantId, cancellationToken);
        await ReadAsync(tenantId, cancellationToken);
        return new TenantResidue(
            tenant,
            await readings.ListAsync(tenantId, cancellationToken),
            attempt,
            attempt is null ? [] : await residue.ListAsync(tenantId, attempt.Number, cancellationToken));
    }

    private async Task ReadAsync(Guid tenantId, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(Timeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        var run = await workflows.StartAsync(
            (IReadResidueWorkflow workflow) => workflow.RunAsync(new(tenantId)),
            IReadResidueWorkflow.WorkflowId(tenantId),
            cancellationToken);
        try
        {
            await ControlPlaneWorkflows.CallAsync(async () =>
            {
                await run.GetResultAsync(followRuns: true, new RpcOptions { CancellationToken = linked.Token });
                return run;
            });
        }
        catch (Exception e) when (e is WorkflowFailedException || timeout.IsCancellationRequested)
        {
            throw new ControlPlaneException(ErrorCode.Unavailable,
                "The systems could not be read right now: no worker has answered. "
                + "See `Worker doctor`, then call again.");
        }
    }
}
