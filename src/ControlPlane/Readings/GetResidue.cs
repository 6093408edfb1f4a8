using ControlPlane.Provisioning;
using ControlPlane.Temporal;
using ControlPlane.Tenants;
using Temporalio.Client;
using Temporalio.Exceptions;

namespace ControlPlane.Readings;

/// <param name="Systems">As they are right now.</param>
/// <param name="Attempt">
/// The current one, with the time at which its rollback last read every system; null: none.
/// </param>
/// <param name="Left">What that rollback left behind, by name.</param>
public sealed record TenantResidue(
    Tenant Tenant, IReadOnlyList<SystemReading> Systems, ProvisioningAttempt? Attempt,
    IReadOnlyList<Residue> Left)
{
    /// <summary>Every system was read, and there is nothing of ours but what a live tenant has.</summary>
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
    /// <summary>Longer than the longest reading.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    /// <exception cref="ControlPlaneException">
    /// No such tenant; <c>unavailable</c>: Temporal is away, or no worker answers.
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
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        var run = await workflows.StartAsync(
            (IReadResidueWorkflow workflow) => workflow.RunAsync(new(tenantId)),
            IReadResidueWorkflow.WorkflowId(tenantId),
            cancellationToken);
        try
        {
            await ControlPlaneWorkflows.ReachAsync(async () =>
            {
                await run.GetResultAsync(followRuns: true, new RpcOptions { CancellationToken = either.Token });
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
