using System.Globalization;
using System.Linq.Expressions;
using ControlPlane.Temporal;
using Temporalio.Api.Enums.V1;
using Temporalio.Client;
using Temporalio.Exceptions;

namespace ControlPlane.Provisioning;

/// <summary>
/// Starts, finds and cancels the runs of a tenant: of the saga, or of the rollback alone. A tenant has at most one open
/// run; its memo names the attempt.
/// </summary>
public sealed class ProvisioningRuns(ControlPlaneWorkflows workflows, TimeProvider time)
{
    /// <summary>The wait for a run of an earlier attempt, which has only to close.</summary>
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Starts the attempt's run, or finds the open one. Waits first until the run of an earlier attempt has closed.
    /// </summary>
    /// <returns>The id of the run.</returns>
    /// <exception cref="ControlPlaneException">
    /// <c>unavailable</c>: Temporal cannot be reached, or the earlier run stays open.
    /// </exception>
    public Task<string> StartAsync(Guid tenantId, int attempt, CancellationToken cancellationToken) => FindOrStartAsync(
        (IProvisionTenantWorkflow workflow) => workflow.RunAsync(new(tenantId, attempt)),
        tenantId, attempt, endedRunId: null, cancellationToken);

    /// <summary>
    /// Finds the open run that rolls the attempt back (its saga, or a rollback alone), or starts a rollback. Waits
    /// first until a run has closed that ended the rollback as ROLLBACK_INCOMPLETE.
    /// </summary>
    /// <inheritdoc cref="StartAsync"/>
    public Task<string> StartRollbackAsync(
        Guid tenantId, ProvisioningAttempt attempt, CancellationToken cancellationToken) => FindOrStartAsync(
        (IRollBackTenantWorkflow workflow) => workflow.RunAsync(new(tenantId, attempt.Number)),
        tenantId,
        attempt.Number,
        endedRunId: attempt.State == ProvisioningAttempt.RollbackIncomplete ? attempt.RunId : null,
        cancellationToken);

    /// <summary>Finds the open run of this attempt; null where there is none.</summary>
    /// <exception cref="ControlPlaneException"><c>unavailable</c>: Temporal cannot be reached.</exception>
    public async Task<string?> FindOpenAsync(Guid tenantId, int attempt, CancellationToken cancellationToken) =>
        await FindLatestAsync(tenantId, cancellationToken) is { } run
        && run.CloseTime is null
        && await ReadAttemptAsync(run) == attempt
            ? run.RunId
            : null;

    /// <summary>
    /// Whether the tenant's latest run is the saga of this attempt and is Completed. Then the tenant is ACTIVE, even if
    /// the database disagrees.
    /// </summary>
    /// <exception cref="ControlPlaneException"><c>unavailable</c>: Temporal cannot be reached.</exception>
    public async Task<bool> HasCompletedAsync(Guid tenantId, int attempt, CancellationToken cancellationToken) =>
        await FindLatestAsync(tenantId, cancellationToken) is { Status: WorkflowExecutionStatus.Completed } run
        && run.WorkflowType == IProvisionTenantWorkflow.Type
        && await ReadAttemptAsync(run) == attempt;

    /// <summary>
    /// Whether Temporal knows any run of the tenant. It deletes a closed one after the namespace's retention period.
    /// </summary>
    /// <exception cref="ControlPlaneException"><c>unavailable</c>: Temporal cannot be reached.</exception>
    public async Task<bool> HasAnyAsync(Guid tenantId, CancellationToken cancellationToken) =>
        await FindLatestAsync(tenantId, cancellationToken) is not null;

    /// <summary>Requests the cancellation of the attempt's open run. Does nothing where there is none.</summary>
    /// <exception cref="ControlPlaneException"><c>unavailable</c>: Temporal cannot be reached.</exception>
    public async Task RequestCancelAsync(Guid tenantId, int attempt, CancellationToken cancellationToken)
    {
        if (await FindOpenAsync(tenantId, attempt, cancellationToken) is { } runId)
        {
            await ControlPlaneWorkflows.FindAsync(async () =>
            {
                await Handle(tenantId, runId).CancelAsync(
                    new() { Rpc = new RpcOptions { CancellationToken = cancellationToken } });
                return runId;
            });
        }
    }

    private Task<WorkflowExecutionDescription?> FindLatestAsync(Guid tenantId, CancellationToken cancellationToken) =>
        ControlPlaneWorkflows.FindAsync(() => Handle(tenantId, runId: null).DescribeAsync(
            new() { Rpc = new RpcOptions { CancellationToken = cancellationToken } }));

    private async Task<string> FindOrStartAsync<TWorkflow, TResult>(
        Expression<Func<TWorkflow, Task<TResult>>> start, Guid tenantId, int attempt, string? endedRunId,
        CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(CloseTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        while (true)
        {
            var run = await workflows.StartAsync(
                start,
                IProvisionTenantWorkflow.WorkflowId(tenantId),
                new Dictionary<string, object> { [IProvisionTenantWorkflow.AttemptMemo] = new ClearNumber(attempt) },
                cancellationToken);
            string runId = run.ResultRunId!;
            // The first attempt has no earlier one to wait for.
            if (runId != endedRunId && (attempt == 1 || await ReadAttemptAsync(
                tenantId, runId, cancellationToken) >= attempt))
            {
                return runId;
            }

            await WaitForCloseAsync(tenantId, runId, linked.Token, timeout.Token);
        }
    }

    private async Task<int> ReadAttemptAsync(Guid tenantId, string runId, CancellationToken cancellationToken) =>
        await ReadAttemptAsync(await ControlPlaneWorkflows.CallAsync(() => Handle(tenantId, runId).DescribeAsync(
            new() { Rpc = new RpcOptions { CancellationToken = cancellationToken } })));

    private static async Task<int> ReadAttemptAsync(WorkflowExecutionDescription run) =>
        run.Memo.TryGetValue(IProvisionTenantWorkflow.AttemptMemo, out var memo)
            // Versions before 0.2 encrypted it.
            ? await ControlPlaneWorkflows.CallAsync(() => memo.ToValueAsync<int>())
            : 0;

    private async Task WaitForCloseAsync(
        Guid tenantId, string runId, CancellationToken cancellationToken, CancellationToken timeout)
    {
        try
        {
            await ControlPlaneWorkflows.CallAsync(async () =>
            {
                await Handle(tenantId, runId).GetResultAsync(
                    followRuns: false, new RpcOptions { CancellationToken = cancellationToken });
                return runId;
            });
        }
        catch (WorkflowFailedException)
        {
            // Only the end of the run matters, not its result.
        }
        catch (Exception e) when (e is OperationCanceledException or RpcException or ControlPlaneException
            && timeout.IsCancellationRequested)
        {
            throw new ControlPlaneException(ErrorCode.Unavailable, string.Create(CultureInfo.InvariantCulture,
                $"The earlier run did not end within {CloseTimeout.TotalSeconds} seconds. "
                + $"The request is recorded; call again to start it."));
        }
    }

    private WorkflowHandle Handle(Guid tenantId, string? runId) =>
        workflows.Client.GetWorkflowHandle(IProvisionTenantWorkflow.WorkflowId(tenantId), runId);
}
