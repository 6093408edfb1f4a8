using System.Globalization;
using System.Linq.Expressions;
using ControlPlane.Temporal;
using Temporalio.Api.Enums.V1;
using Temporalio.Client;
using Temporalio.Exceptions;

namespace ControlPlane.Provisioning;

/// <summary>
/// Runs of the saga and of the rollback alone, one at a time for a tenant, each for the attempt in its memo.
/// </summary>
public sealed class ProvisioningRuns(ControlPlaneWorkflows workflows, TimeProvider time)
{
    /// <summary>How long a run that has nothing left to do but end is waited for.</summary>
    private static readonly TimeSpan ClosingTime = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Starts the attempt's run, or finds it. A lower attempt's is waited out, never taken for this one.
    /// </summary>
    /// <returns>The run's id.</returns>
    /// <exception cref="ControlPlaneException">
    /// <c>unavailable</c>: Temporal is away, or the lower run stays open.
    /// </exception>
    public Task<string> StartAsync(Guid tenantId, int attempt, CancellationToken cancellationToken) => FindOrStartAsync(
        (IProvisionTenantWorkflow workflow) => workflow.RunAsync(new(tenantId, attempt)),
        tenantId, attempt, ended: null, cancellationToken);

    /// <summary>
    /// Finds the run that rolls the attempt back, or will: its saga, or a rollback by itself, which it starts where no
    /// run is open. A run that has ended the rollback before and left something behind is waited out.
    /// </summary>
    /// <inheritdoc cref="StartAsync"/>
    public Task<string> StartRollbackAsync(
        Guid tenantId, ProvisioningAttempt attempt, CancellationToken cancellationToken) => FindOrStartAsync(
        (IRollBackTenantWorkflow workflow) => workflow.RunAsync(new(tenantId, attempt.Number)),
        tenantId,
        attempt.Number,
        ended: attempt.State == ProvisioningAttempt.RollbackIncomplete ? attempt.RunId : null,
        cancellationToken);

    /// <summary>The run that is open for this very attempt; null where there is none.</summary>
    /// <exception cref="ControlPlaneException"><c>unavailable</c>: Temporal is away.</exception>
    public async Task<string?> FindOpenAsync(Guid tenantId, int attempt, CancellationToken cancellationToken) =>
        await FindLatestAsync(tenantId, cancellationToken) is { } run
        && run.CloseTime is null
        && await ReadAttemptAsync(run) == attempt
            ? run.RunId
            : null;

    /// <summary>
    /// Whether the latest run is the saga of this very attempt and has completed: then the tenant is ACTIVE, whatever
    /// the database says.
    /// </summary>
    /// <exception cref="ControlPlaneException"><c>unavailable</c>: Temporal is away.</exception>
    public async Task<bool> HasCompletedAsync(Guid tenantId, int attempt, CancellationToken cancellationToken) =>
        await FindLatestAsync(tenantId, cancellationToken) is { Status: WorkflowExecutionStatus.Completed } run
        && run.WorkflowType == IProvisionTenantWorkflow.Type
        && await ReadAttemptAsync(run) == attempt;

    /// <summary>Asks the attempt's open run to end; where there is none, nothing happens.</summary>
    /// <exception cref="ControlPlaneException"><c>unavailable</c>: Temporal is away.</exception>
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
        Expression<Func<TWorkflow, Task<TResult>>> start, Guid tenantId, int attempt, string? ended,
        CancellationToken cancellationToken)
    {
        using var closing = new CancellationTokenSource(ClosingTime, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, closing.Token);
        while (true)
        {
            var run = await workflows.StartAsync(
                start,
                IProvisionTenantWorkflow.WorkflowId(tenantId),
                new Dictionary<string, object> { [IProvisionTenantWorkflow.AttemptMemo] = attempt },
                cancellationToken);
            string runId = run.ResultRunId!;
            // Before the second attempt there is no lower one.
            if (runId != ended && (attempt == 1 || await ReadAttemptAsync(
                tenantId, runId, cancellationToken) >= attempt))
            {
                return runId;
            }

            await WaitForCloseAsync(tenantId, runId, either.Token, closing.Token);
        }
    }

    private async Task<int> ReadAttemptAsync(Guid tenantId, string runId, CancellationToken cancellationToken) =>
        await ReadAttemptAsync(await ControlPlaneWorkflows.ReachAsync(() => Handle(tenantId, runId).DescribeAsync(
            new() { Rpc = new RpcOptions { CancellationToken = cancellationToken } })));

    private static async Task<int> ReadAttemptAsync(WorkflowExecutionDescription run) =>
        run.Memo.TryGetValue(IProvisionTenantWorkflow.AttemptMemo, out var memo) ? await memo.ToValueAsync<int>() : 0;

    private async Task WaitForCloseAsync(
        Guid tenantId, string runId, CancellationToken either, CancellationToken closing)
    {
        try
        {
            await Handle(tenantId, runId).GetResultAsync(
                followRuns: false, new RpcOptions { CancellationToken = either });
        }
        catch (WorkflowFailedException)
        {
            // However it ended: it has.
        }
        catch (Exception e) when (e is OperationCanceledException or RpcException
            && closing.IsCancellationRequested)
        {
            throw new ControlPlaneException(ErrorCode.Unavailable, string.Create(CultureInfo.InvariantCulture,
                $"The run before has not ended within {ClosingTime.TotalSeconds} seconds. "
                + $"What was asked for is recorded; call again to start it."));
        }
    }

    private WorkflowHandle Handle(Guid tenantId, string? runId) =>
        workflows.Client.GetWorkflowHandle(IProvisionTenantWorkflow.WorkflowId(tenantId), runId);
}
