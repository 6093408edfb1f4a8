using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Temporalio.Exceptions;
using Temporalio.Worker.Interceptors;
using Temporalio.Workflows;

namespace Worker.Hosting;

/// <summary>
/// Ends a new run whose input this worker cannot decrypt, so that its caller and an operator learn of it. A run that
/// has begun waits instead, for a worker with its key.
/// </summary>
public sealed partial class UnreadableInputInterceptor : IWorkerInterceptor
{
    /// <summary>The error type of the run.</summary>
    public const string ErrorType = "input_unreadable";

    private const string Reason =
        "The input cannot be decrypted: its key is not in the worker's PAYLOAD_KEYS. Compare them by `Worker doctor`.";

    public WorkflowInboundInterceptor InterceptWorkflow(WorkflowInboundInterceptor nextInterceptor) =>
        new Inbound(nextInterceptor);

    // Alerts match the first word of this line.
    [LoggerMessage(EventId = 119, Level = LogLevel.Error, Message = "INPUT_UNREADABLE {WorkflowId}: {Reason}")]
    private static partial void LogUnreadable(ILogger logger, string workflowId, string reason);

    private sealed class Inbound(WorkflowInboundInterceptor next) : WorkflowInboundInterceptor(next)
    {
        public override Task<object?> ExecuteWorkflowAsync(ExecuteWorkflowInput input)
        {
            if (!input.Args.Contains(null))
            {
                return base.ExecuteWorkflowAsync(input);
            }

            if (Workflow.Unsafe.IsReplaying)
            {
                // Fails the workflow task, not the run.
                throw new CryptographicException(Reason);
            }

            LogUnreadable(Workflow.Logger, Workflow.Info.WorkflowId, Reason);
            throw new ApplicationFailureException(Reason, errorType: ErrorType, nonRetryable: true);
        }
    }
}
