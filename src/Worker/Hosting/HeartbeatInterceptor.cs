using Temporalio.Activities;
using Temporalio.Worker.Interceptors;

namespace Worker.Hosting;

/// <summary>
/// Sends heartbeats while an activity runs, so that a cancellation reaches it and a lost worker is noticed. An activity
/// without a heartbeat timeout sends none. Details that the activity has sent are repeated: each heartbeat replaces the
/// details of the one before.
/// </summary>
public sealed class HeartbeatInterceptor(TimeProvider time) : IWorkerInterceptor
{
    /// <summary>The longest time between two heartbeats, and thus until a cancellation is noticed.</summary>
    public static readonly TimeSpan HeartbeatInterval = TimeSpan.FromSeconds(2);

    public ActivityInboundInterceptor InterceptActivity(ActivityInboundInterceptor nextInterceptor) =>
        new Inbound(nextInterceptor, time);

    private sealed class Outbound(ActivityOutboundInterceptor next, Action<IReadOnlyCollection<object?>> sent)
        : ActivityOutboundInterceptor(next)
    {
        public override void Heartbeat(HeartbeatInput input)
        {
            sent(input.Details);
            base.Heartbeat(input);
        }
    }

    private sealed class Inbound(ActivityInboundInterceptor next, TimeProvider time) : ActivityInboundInterceptor(next)
    {
        private volatile IReadOnlyCollection<object?> details = [];

        public override void Init(ActivityOutboundInterceptor outbound) =>
            base.Init(new Outbound(outbound, sent => details = sent));

        public override async Task<object?> ExecuteActivityAsync(ExecuteActivityInput input)
        {
            var context = ActivityExecutionContext.Current;
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
            var heartbeats = SendHeartbeatsAsync(context, stop.Token);
            try
            {
                return await base.ExecuteActivityAsync(input);
            }
            finally
            {
                await stop.CancelAsync();
                await heartbeats;
            }
        }

        private async Task SendHeartbeatsAsync(ActivityExecutionContext context, CancellationToken cancellationToken)
        {
            if (context.Info.HeartbeatTimeout is not { } timeout)
            {
                return;
            }

            var interval = timeout / 3 < HeartbeatInterval ? timeout / 3 : HeartbeatInterval;
            using var timer = new PeriodicTimer(interval, time);
            try
            {
                while (await timer.WaitForNextTickAsync(cancellationToken))
                {
                    context.Heartbeat([.. details]);
                }
            }
            catch (OperationCanceledException)
            {
                // The activity has ended or is cancelled.
            }
        }
    }
}
