using Temporalio.Common;
using Temporalio.Worker.Interceptors;
using Temporalio.Workflows;

namespace Worker.Hosting;

/// <summary>
/// Scales the timeouts and retry delays of the activities that workflows schedule. Replay does not compare them with
/// the history, so it works with any scale.
/// </summary>
public sealed class TimeoutScaleInterceptor(TimeoutScale scale) : IWorkerInterceptor
{
    public WorkflowInboundInterceptor InterceptWorkflow(WorkflowInboundInterceptor nextInterceptor) =>
        new Inbound(nextInterceptor, scale);

    private sealed class Inbound(WorkflowInboundInterceptor next, TimeoutScale scale) : WorkflowInboundInterceptor(next)
    {
        public override void Init(WorkflowOutboundInterceptor outbound) => base.Init(new Outbound(outbound, scale));
    }

    private sealed class Outbound(WorkflowOutboundInterceptor next, TimeoutScale scale)
        : WorkflowOutboundInterceptor(next)
    {
        public override Task<TResult> ScheduleActivityAsync<TResult>(ScheduleActivityInput input) =>
            base.ScheduleActivityAsync<TResult>(input with { Options = Scale(input.Options) });

        private ActivityOptions Scale(ActivityOptions unscaled)
        {
            var scaled = (ActivityOptions)unscaled.Clone();
            scaled.StartToCloseTimeout = scale.StartToClose(unscaled.StartToCloseTimeout);
            scaled.HeartbeatTimeout = scale.Heartbeat(unscaled.HeartbeatTimeout);
            if (unscaled.RetryPolicy is { } retry)
            {
                scaled.RetryPolicy = new RetryPolicy
                {
                    InitialInterval = scale.RetryDelay(retry.InitialInterval),
                    BackoffCoefficient = retry.BackoffCoefficient,
                    MaximumInterval = retry.MaximumInterval is { } maximum ? scale.RetryDelay(maximum) : null,
                    MaximumAttempts = retry.MaximumAttempts,
                    NonRetryableErrorTypes = retry.NonRetryableErrorTypes,
                };
            }

            return scaled;
        }
    }
}
