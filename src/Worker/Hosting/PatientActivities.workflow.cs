using Temporalio.Common;
using Temporalio.Worker.Interceptors;
using Temporalio.Workflows;

namespace Worker.Hosting;

/// <summary>
/// Gives the activities that workflows schedule the clocks of <c>PATIENCE</c>. No part of a history depends on them.
/// </summary>
public sealed class PatientActivities(Patience patience) : IWorkerInterceptor
{
    public WorkflowInboundInterceptor InterceptWorkflow(WorkflowInboundInterceptor nextInterceptor) =>
        new Inbound(nextInterceptor, patience);

    private sealed class Inbound(WorkflowInboundInterceptor next, Patience patience) : WorkflowInboundInterceptor(next)
    {
        public override void Init(WorkflowOutboundInterceptor outbound) => base.Init(new Outbound(outbound, patience));
    }

    private sealed class Outbound(WorkflowOutboundInterceptor next, Patience patience)
        : WorkflowOutboundInterceptor(next)
    {
        public override Task<TResult> ScheduleActivityAsync<TResult>(ScheduleActivityInput input) =>
            base.ScheduleActivityAsync<TResult>(input with { Options = Shorter(input.Options) });

        private ActivityOptions Shorter(ActivityOptions usual)
        {
            var shorter = (ActivityOptions)usual.Clone();
            shorter.StartToCloseTimeout = patience.Try(usual.StartToCloseTimeout);
            shorter.HeartbeatTimeout = patience.Heartbeat(usual.HeartbeatTimeout);
            if (usual.RetryPolicy is { } retry)
            {
                shorter.RetryPolicy = new RetryPolicy
                {
                    InitialInterval = patience.Pause(retry.InitialInterval),
                    BackoffCoefficient = retry.BackoffCoefficient,
                    MaximumInterval = retry.MaximumInterval is { } longest ? patience.Pause(longest) : null,
                    MaximumAttempts = retry.MaximumAttempts,
                    NonRetryableErrorTypes = retry.NonRetryableErrorTypes,
                };
            }

            return shorter;
        }
    }
}
