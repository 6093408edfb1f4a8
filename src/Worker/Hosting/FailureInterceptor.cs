using Microsoft.Extensions.Logging;
using Temporalio.Activities;
using Temporalio.Exceptions;
using Temporalio.Worker.Interceptors;
using Worker.Systems;

namespace Worker.Hosting;

/// <summary>
/// Translates the exception of an activity into one failure for Temporal, with a stable code, without secrets, and
/// marked as retryable or not. Undos and activities without a retry limit retry every error that may be temporary.
/// </summary>
public sealed partial class FailureInterceptor(ILogger<FailureInterceptor> logger) : IWorkerInterceptor
{
    public ActivityInboundInterceptor InterceptActivity(ActivityInboundInterceptor nextInterceptor) =>
        new Inbound(nextInterceptor, this);

    private ApplicationFailureException Translate(Exception e, ActivityInfo info)
    {
        bool isUndo = info.TaskQueue is { } queue && TaskQueue.IsForUndo(queue);
        bool isUnbounded = info.RetryPolicy is { MaximumAttempts: 0 };
        var failure = Failures.Translate(e, retryRefusals: isUndo || isUnbounded);
        if (failure.ErrorType == Failures.Unexpected)
        {
            // Without the message: it may hold a secret.
            LogUnexpected(info.ActivityType, e.GetType(), e.StackTrace);
        }

        return failure;
    }

    [LoggerMessage(EventId = 113, Level = LogLevel.Error, Message = "{Activity} met an unexpected {Type}: {Stack}")]
    private partial void LogUnexpected(string activity, Type type, string? stack);

    private sealed class Inbound(ActivityInboundInterceptor next, FailureInterceptor failures)
        : ActivityInboundInterceptor(next)
    {
        public override async Task<object?> ExecuteActivityAsync(ExecuteActivityInput input)
        {
            var context = ActivityExecutionContext.Current;
            if (input.Args.Contains(null))
            {
                // A worker with other keys has scheduled it: a worker with its key will execute it.
                throw new ApplicationFailureException(
                    "The input cannot be decrypted: its key is not in PAYLOAD_KEYS of this worker.",
                    errorType: Failures.Unavailable);
            }

            try
            {
                return await base.ExecuteActivityAsync(input);
            }
            catch (Exception e) when (!Failures.IsCancelled(e, context))
            {
                throw failures.Translate(e, context.Info);
            }
        }
    }
}
