using EmbeddedTemporal.Rpc;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.TaskQueue.V1;

namespace EmbeddedTemporal.Runs;

/// <summary>Starts runs: by request, as children, and as successors of other runs.</summary>
internal sealed class WorkflowStarts(Shard shard)
{
    private static readonly Duration DefaultTaskTimeout = Duration.FromTimeSpan(TimeSpan.FromSeconds(10));

    /// <summary>Starts a run or finds the one that the request's policies lead to.</summary>
    /// <param name="parent">The run whose child it becomes.</param>
    /// <param name="initiatedId">The parent's event that asks for the child.</param>
    public (Run Run, bool Started) Start(
        StartWorkflowExecutionRequest request, Run? parent = null, long initiatedId = 0)
    {
        Check(request);
        var launch = Prepare(request);
        if (parent is not null) Adopt(launch.Attributes, parent, initiatedId);
        if (Existing(request) is { } existing) return (existing, existing.Header.RequestId == request.RequestId);
        return (Launch(launch), true);
    }

    /// <summary>The run that a request would start.</summary>
    private Launch Prepare(StartWorkflowExecutionRequest request)
    {
        var runId = NewId();
        var execution = new WorkflowExecution { WorkflowId = request.WorkflowId, RunId = runId };
        var backoff = request.WorkflowStartDelay;
        var started = new WorkflowExecutionStartedEventAttributes
        {
            WorkflowType = request.WorkflowType,
            WorkflowId = request.WorkflowId,
            TaskQueue = new TaskQueue { Name = request.TaskQueue.Name, Kind = TaskQueueKind.Normal },
            Input = request.Input,
            WorkflowExecutionTimeout = request.WorkflowExecutionTimeout ?? new Duration(),
            WorkflowRunTimeout = request.WorkflowRunTimeout ?? new Duration(),
            // The SDK reads it and breaks without it; clients hardly ever send one.
            WorkflowTaskTimeout = request.WorkflowTaskTimeout.IsSet() ? request.WorkflowTaskTimeout : DefaultTaskTimeout,
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
        return new Launch(
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

    public Run Launch(Launch launch)
    {
        var run = shard.Runs.Add(launch);
        run.Begin(launch.Started);
        return run;
    }

    public Launch Continue(Run run, ContinueAsNewWorkflowExecutionCommandAttributes command)
    {
        var runId = NewId();
        var started = Continuation.Of(run, runId);
        started.Initiator = ContinueAsNewInitiator.Workflow;
        started.Attempt = 1;
        started.Input = command.Input;
        started.Header = command.Header;
        started.LastCompletionResult = command.LastCompletionResult;
        started.FirstWorkflowTaskBackoff = command.BackoffStartInterval;
        if (command.WorkflowType is { Name.Length: > 0 } type) started.WorkflowType = type;
        if (command.TaskQueue is { Name.Length: > 0 } queue)
            started.TaskQueue = new TaskQueue { Name = queue.Name, Kind = TaskQueueKind.Normal };
        if (command.WorkflowRunTimeout.IsSet()) started.WorkflowRunTimeout = command.WorkflowRunTimeout;
        if (command.WorkflowTaskTimeout.IsSet()) started.WorkflowTaskTimeout = command.WorkflowTaskTimeout;
        if (command.RetryPolicy is { } policy) started.RetryPolicy = RetryPolicies.WithDefaults(policy);
        if (command.Memo is { } memo) started.Memo = memo;
        if (command.SearchAttributes is { } attributes) started.SearchAttributes = attributes;
        return Successor(run, runId, started);
    }

    /// <summary>The next attempt of a failed run, if its retry policy grants one.</summary>
    public (RetryState State, Launch? Next) Retry(Run run, Failure failure)
    {
        var old = run.State.Started;
        var (state, delay) = RetryPolicies.Next(
            old.RetryPolicy, old.Attempt, failure, shard.Now, old.WorkflowExecutionExpirationTime?.ToDateTimeOffset());
        if (state != RetryState.InProgress) return (state, null);
        var runId = NewId();
        var started = Continuation.Of(run, runId);
        started.Initiator = ContinueAsNewInitiator.Retry;
        started.Attempt = old.Attempt + 1;
        started.ContinuedFailure = failure;
        started.FirstWorkflowTaskBackoff = Duration.FromTimeSpan(delay);
        return (state, Successor(run, runId, started));
    }

    private static void Adopt(WorkflowExecutionStartedEventAttributes child, Run parent, long initiatedId)
    {
        child.ParentWorkflowNamespace = parent.Namespace;
        child.ParentWorkflowExecution = parent.Execution;
        child.ParentInitiatedEventId = initiatedId;
        child.RootWorkflowExecution = parent.State.Started.RootWorkflowExecution;
    }

    private Launch Successor(Run run, string runId, WorkflowExecutionStartedEventAttributes started) => new(
        run.Namespace,
        run.Header.WorkflowId,
        runId,
        NewId(),
        new HistoryEvent
        {
            WorkflowExecutionStartedEventAttributes = started,
            UserMetadata = run.Events[0].UserMetadata,
        });

    /// <summary>The run that the request gets instead of a new one; throws if it may have neither.</summary>
    private Run? Existing(StartWorkflowExecutionRequest request)
    {
        if (shard.Runs.Current(request.Namespace, request.WorkflowId) is not { } current) return null;
        if (request.RequestId.Length > 0 && current.Header.RequestId == request.RequestId) return current;
        if (current.State.IsOpen) return Conflict(request, current);
        var isRefused = request.WorkflowIdReusePolicy switch
        {
            WorkflowIdReusePolicy.RejectDuplicate => true,
            WorkflowIdReusePolicy.AllowDuplicateFailedOnly =>
                current.State.Status == WorkflowExecutionStatus.Completed,
            _ => false,
        };
        return isRefused ? throw AlreadyStarted(current, "already finished") : null;
    }

    private static Run? Conflict(StartWorkflowExecutionRequest request, Run current)
    {
        if (request.WorkflowIdConflictPolicy == WorkflowIdConflictPolicy.UseExisting) return current;
#pragma warning disable CS0612 // Deprecated in favour of the conflict policy, still sent by clients.
        var terminates = request.WorkflowIdConflictPolicy == WorkflowIdConflictPolicy.TerminateExisting
            || request.WorkflowIdReusePolicy == WorkflowIdReusePolicy.TerminateIfRunning;
#pragma warning restore CS0612
        if (!terminates) throw AlreadyStarted(current, "is already running");

        current.Terminate("terminated by a new start of the same workflow id", null, request.Identity);
        return null;
    }

    private static RpcException AlreadyStarted(Run current, string what) => TemporalErrors.AlreadyStarted(
        $"Workflow execution {what}. WorkflowId: {current.Header.WorkflowId}, RunId: {current.RunId}.",
        current.Header.RequestId,
        current.RunId);

    private static void Check(StartWorkflowExecutionRequest request)
    {
        if (request.WorkflowId.Length == 0) throw TemporalErrors.InvalidArgument("WorkflowId is not set on request.");
        if (request.WorkflowType is not { Name.Length: > 0 })
            throw TemporalErrors.InvalidArgument("WorkflowType is not set on request.");
        if (request.TaskQueue is not { Name.Length: > 0 })
            throw TemporalErrors.InvalidArgument("TaskQueue is not set on request.");
        if (request.CronSchedule.Length > 0) throw TemporalErrors.NotBuilt("cron schedules");
        if (request.CompletionCallbacks.Count > 0) throw TemporalErrors.NotBuilt("completion callbacks");
    }

    private string NewId() => Guid.CreateVersion7(shard.Now).ToString();
}
