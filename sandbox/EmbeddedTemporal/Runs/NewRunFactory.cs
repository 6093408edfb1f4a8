using EmbeddedTemporal.Engine;
using EmbeddedTemporal.Runs.Activities;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.TaskQueue.V1;

namespace EmbeddedTemporal.Runs;

/// <summary>Prepares runs from requests and as successors of other runs.</summary>
internal sealed class NewRunFactory(Shard shard)
{
    private static readonly Duration DefaultTaskTimeout = Duration.FromTimeSpan(TimeSpan.FromSeconds(10));

    /// <summary>Prepares the run of a start request.</summary>
    public NewRun Create(StartWorkflowExecutionRequest request)
    {
        var runId = NewId();
        var execution = new WorkflowExecution { WorkflowId = request.WorkflowId, RunId = runId };
        var backoff = request.WorkflowStartDelay.Capped();
        var started = new WorkflowExecutionStartedEventAttributes
        {
            WorkflowType = request.WorkflowType,
            WorkflowId = request.WorkflowId,
            TaskQueue = new TaskQueue { Name = request.TaskQueue.Name, Kind = TaskQueueKind.Normal },
            Input = request.Input,
            WorkflowExecutionTimeout = request.WorkflowExecutionTimeout.Capped(),
            WorkflowRunTimeout = request.WorkflowRunTimeout.Capped(),
            // The SDK requires this field, but clients rarely send it.
            WorkflowTaskTimeout = request.WorkflowTaskTimeout.IsSet()
                ? request.WorkflowTaskTimeout.Capped()
                : DefaultTaskTimeout,
            OriginalExecutionRunId = runId,
            FirstExecutionRunId = runId,
            RootWorkflowExecution = execution,
            Identity = request.Identity,
            RetryPolicy = request.RetryPolicy is null ? null : RetryPolicies.WithDefaults(request.RetryPolicy),
            Attempt = 1,
            FirstWorkflowTaskBackoff = backoff,
            WorkflowExecutionExpirationTime =
                request.WorkflowExecutionTimeout.After(shard.Now + backoff.OrZero())?.ToTimestamp(),
            Memo = request.Memo,
            SearchAttributes = request.SearchAttributes,
            Header = request.Header,
            ContinuedFailure = request.ContinuedFailure,
            LastCompletionResult = request.LastCompletionResult,
            Priority = request.Priority,
        };
        return new NewRun(
            request.Namespace,
            request.WorkflowId,
            runId,
            request.RequestId,
            new HistoryEvent
            {
                WorkflowExecutionStartedEventAttributes = started,
                UserMetadata = request.UserMetadata,
            });
    }

    public NewRun ContinueAsNew(Run run, ContinueAsNewWorkflowExecutionCommandAttributes command)
    {
        var runId = NewId();
        var started = Continuation.StartedAttributes(run, runId);
        started.Initiator = ContinueAsNewInitiator.Workflow;
        started.Attempt = 1;
        started.Input = command.Input;
        started.Header = command.Header;
        started.LastCompletionResult = command.LastCompletionResult;
        started.FirstWorkflowTaskBackoff = command.BackoffStartInterval.Capped();
        if (command.WorkflowType is { Name.Length: > 0 } type) started.WorkflowType = type;
        if (command.TaskQueue is { Name.Length: > 0 } queue)
            started.TaskQueue = new TaskQueue { Name = queue.Name, Kind = TaskQueueKind.Normal };
        if (command.WorkflowRunTimeout.IsSet()) started.WorkflowRunTimeout = command.WorkflowRunTimeout.Capped();
        if (command.WorkflowTaskTimeout.IsSet()) started.WorkflowTaskTimeout = command.WorkflowTaskTimeout.Capped();
        if (command.RetryPolicy is { } policy) started.RetryPolicy = RetryPolicies.WithDefaults(policy);
        if (command.Memo is { } memo) started.Memo = memo;
        if (shard.SearchAttributes.Validate(run.Namespace, command.SearchAttributes) is { } attributes)
            started.SearchAttributes = attributes;
        return Successor(run, runId, started);
    }

    /// <summary>Prepares the next attempt of a failed run, if its retry policy allows one.</summary>
    public (RetryState State, NewRun? Next) Retry(Run run, Failure failure)
    {
        var previous = run.State.Started;
        var (state, delay) = RetryPolicies.Next(
            previous.RetryPolicy,
            previous.Attempt,
            failure,
            shard.Now,
            previous.WorkflowExecutionExpirationTime?.ToDateTimeOffset());
        if (state != RetryState.InProgress) return (state, null);
        var runId = NewId();
        var started = Continuation.StartedAttributes(run, runId);
        started.Initiator = ContinueAsNewInitiator.Retry;
        started.Attempt = previous.Attempt + 1;
        started.ContinuedFailure = failure;
        started.FirstWorkflowTaskBackoff = Duration.FromTimeSpan(delay);
        return (state, Successor(run, runId, started));
    }

    private NewRun Successor(Run run, string runId, WorkflowExecutionStartedEventAttributes started) => new(
        run.Namespace,
        run.Header.WorkflowId,
        runId,
        NewId(),
        new HistoryEvent
        {
            WorkflowExecutionStartedEventAttributes = started,
            UserMetadata = run.Events[0].UserMetadata,
        });

    private string NewId() => Guid.CreateVersion7(shard.Now).ToString();
}
