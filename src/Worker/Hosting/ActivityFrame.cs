using Microsoft.Extensions.Logging;
using Temporalio.Activities;
using Temporalio.Exceptions;
using Temporalio.Worker.Interceptors;
using Worker.Systems;

namespace Worker.Hosting;

/// <summary>
/// Around every activity: heartbeats while it runs, so that a cancel reaches it and a lost worker is noticed, and at
/// the end one failure that says whether trying again can help and holds no secret.
/// </summary>
public sealed partial class ActivityFrame(TimeProvider time, ILogger<ActivityFrame> logger) : IWorkerInterceptor
{
    /// <summary>How often an activity shows that it lives, and so how soon it hears that it is cancelled.</summary>
    public static readonly TimeSpan Beat = TimeSpan.FromSeconds(2);

    public ActivityInboundInterceptor InterceptActivity(ActivityInboundInterceptor nextInterceptor) =>
        new Inbound(nextInterceptor, this, time);

    private ApplicationFailureException Translate(Exception e, ActivityInfo info)
    {
        bool isUndo = info.TaskQueue?.EndsWith(TaskQueues.Undo, StringComparison.Ordinal) ?? false;
        bool isUnbounded = info.RetryPolicy is { MaximumAttempts: 0 };
        var failure = Failures.Translate(e, patient: isUndo || isUnbounded);
        if (failure.ErrorType == Failures.Unexpected)
        {
            // Not the message, which nobody has read for secrets yet.
            LogUnexpected(info.ActivityType, e.GetType(), e.StackTrace);
        }

        return failure;
    }

    [LoggerMessage(EventId = 120, Level = LogLevel.Error, Message = "{Activity} met an unexpected {Type}: {Stack}")]
    private partial void LogUnexpected(string activity, Type type, string? stack);

    private sealed class Inbound(ActivityInboundInterceptor next, ActivityFrame frame, TimeProvider time)
        : ActivityInboundInterceptor(next)
    {
        public override async Task<object?> ExecuteActivityAsync(ExecuteActivityInput input)
        {
            var context = ActivityExecutionContext.Current;
            using var beating = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
            var heart = BeatAsync(context, beating.Token);
            try
            {
                return await base.ExecuteActivityAsync(input);
            }
            catch (Exception e) when (!Failures.IsCancelled(e, context))
            {
                throw frame.Translate(e, context.Info);
            }
            finally
            {
                await beating.CancelAsync();
                await heart;
            }
        }

        private async Task BeatAsync(ActivityExecutionContext context, CancellationToken cancellationToken)
        {
            if (context.Info.HeartbeatTimeout is not { } timeout)
            {
                return;
            }

            using var timer = new PeriodicTimer(timeout / 3 < Beat ? timeout / 3 : Beat, time);
            try
            {
                while (await timer.WaitForNextTickAsync(cancellationToken))
                {
                    context.Heartbeat();
                }
            }
            catch (OperationCanceledException)
            {
                // The activity has ended, or knows that it is cancelled.
            }
        }
    }
}
