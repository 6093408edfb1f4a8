using System.Globalization;
using ControlPlane.Temporal;
using Temporalio.Client;
using Temporalio.Exceptions;

namespace ControlPlane.Provisioning;

/// <summary>Runs of the saga, one at a time for a tenant, each for the attempt in its memo.</summary>
public sealed class ProvisioningRuns(ControlPlaneWorkflows workflows, TimeProvider time)
{
    /// <summary>How long a lower attempt's run, which has nothing left to do but end, is waited for.</summary>
    private static readonly TimeSpan ClosingTime = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Starts the attempt's run, or finds it. A lower attempt's is waited out, never taken for this one.
    /// </summary>
    /// <returns>The run's id.</returns>
    /// <exception cref="ControlPlaneException">
    /// <c>unavailable</c>: Temporal is away, or the lower run stays open.
    /// </exception>
    public async Task<string> StartAsync(Guid tenantId, int attempt, CancellationToken cancellation)
    {
        using var closing = new CancellationTokenSource(ClosingTime, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, closing.Token);
        while (true)
        {
            var run = await workflows.StartAsync(
                (IProvisionTenantWorkflow workflow) => workflow.RunAsync(new(tenantId, attempt)),
                IProvisionTenantWorkflow.WorkflowId(tenantId),
                new Dictionary<string, object> { [IProvisionTenantWorkflow.AttemptMemo] = attempt },
                cancellation);
            string runId = run.ResultRunId!;
            // Before the second attempt there is no lower one.
            if (attempt == 1 || await ReadAttemptAsync(tenantId, runId, cancellation) >= attempt)
            {
                return runId;
            }

            await WaitForCloseAsync(tenantId, runId, either.Token, closing.Token);
        }
    }

    private async Task<int> ReadAttemptAsync(Guid tenantId, string runId, CancellationToken cancellation)
    {
        var description = await ControlPlaneWorkflows.ReachAsync(() => Handle(tenantId, runId).DescribeAsync(
            new() { Rpc = new RpcOptions { CancellationToken = cancellation } }));
        return description.Memo.TryGetValue(IProvisionTenantWorkflow.AttemptMemo, out var memo)
            ? await memo.ToValueAsync<int>()
            : 0;
    }

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
                $"The run of the attempt before has not ended within {ClosingTime.TotalSeconds} seconds. "
                + $"The new attempt is recorded; call again to start it."));
        }
    }

    private WorkflowHandle Handle(Guid tenantId, string runId) =>
        workflows.Client.GetWorkflowHandle(IProvisionTenantWorkflow.WorkflowId(tenantId), runId);
}
