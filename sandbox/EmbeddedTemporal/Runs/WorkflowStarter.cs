using EmbeddedTemporal.Engine;
using EmbeddedTemporal.Rpc;

namespace EmbeddedTemporal.Runs;

/// <summary>
/// Starts runs according to the workflow id policies: https://docs.temporal.io/workflow-execution/workflowid-runid
/// </summary>
internal sealed class WorkflowStarter(Shard shard)
{
    /// <summary>Starts a run, or returns the existing run that the request's policies select.</summary>
    /// <param name="parent">The parent of a child run.</param>
    /// <param name="initiatedId">The initiated event id in the parent's history.</param>
    public (Run Run, bool Started) Start(
        StartWorkflowExecutionRequest request, Run? parent = null, long initiatedId = 0)
    {
        Validate(request);
        request.SearchAttributes = shard.SearchAttributes.Validate(request.Namespace, request.SearchAttributes);
        var newRun = shard.Runs.NewRuns.Create(request);
        if (parent is not null) SetParent(newRun.Attributes, parent, initiatedId);
        if (FindExisting(request) is { } existing) return (existing, existing.Header.RequestId == request.RequestId);
        return (Begin(newRun), true);
    }

    public Run Begin(NewRun newRun)
    {
        var run = shard.Runs.Add(newRun);
        run.Begin(newRun.Started);
        return run;
    }

    private static void SetParent(WorkflowExecutionStartedEventAttributes child, Run parent, long initiatedId)
    {
        child.ParentWorkflowNamespace = parent.Namespace;
        child.ParentWorkflowExecution = parent.Execution;
        child.ParentInitiatedEventId = initiatedId;
        child.RootWorkflowExecution = parent.State.Started.RootWorkflowExecution;
    }

    /// <summary>Returns the existing run for the request; null if a new run is allowed; throws otherwise.</summary>
    private Run? FindExisting(StartWorkflowExecutionRequest request)
    {
        if (shard.Runs.Current(request.Namespace, request.WorkflowId) is not { } current) return null;
        if (request.RequestId.Length > 0 && current.Header.RequestId == request.RequestId) return current;
        if (current.State.IsOpen) return ResolveConflict(request, current);
        var isRejected = request.WorkflowIdReusePolicy switch
        {
            WorkflowIdReusePolicy.RejectDuplicate => true,
            WorkflowIdReusePolicy.AllowDuplicateFailedOnly =>
                current.State.Status == WorkflowExecutionStatus.Completed,
            _ => false,
        };
        return isRejected ? throw AlreadyStarted(current, "already finished") : null;
    }

    private static Run? ResolveConflict(StartWorkflowExecutionRequest request, Run current)
    {
        if (request.WorkflowIdConflictPolicy == WorkflowIdConflictPolicy.UseExisting) return current;
#pragma warning disable CS0612 // Deprecated in favour of the conflict policy, but clients still send it.
        var terminatesExisting = request.WorkflowIdConflictPolicy == WorkflowIdConflictPolicy.TerminateExisting
            || request.WorkflowIdReusePolicy == WorkflowIdReusePolicy.TerminateIfRunning;
#pragma warning restore CS0612
        if (!terminatesExisting) throw AlreadyStarted(current, "is already running");

        current.Terminate("terminated by a new start of the same workflow id", null, request.Identity);
        return null;
    }

    private static RpcException AlreadyStarted(Run current, string state) => TemporalErrors.AlreadyStarted(
        $"Workflow execution {state}. WorkflowId: {current.Header.WorkflowId}, RunId: {current.RunId}.",
        current.Header.RequestId,
        current.RunId);

    private static void Validate(StartWorkflowExecutionRequest request)
    {
        if (request.WorkflowId.Length == 0) throw TemporalErrors.InvalidArgument("WorkflowId is not set on request.");
        if (request.WorkflowType is not { Name.Length: > 0 })
            throw TemporalErrors.InvalidArgument("WorkflowType is not set on request.");
        if (request.TaskQueue is not { Name.Length: > 0 })
            throw TemporalErrors.InvalidArgument("TaskQueue is not set on request.");
        SizeLimits.RequireSmall(request.Input);
        if (request.Memo.IsTooLarge()) throw TemporalErrors.InvalidArgument("Memo size exceeds limit.");
        if (request.CronSchedule.Length > 0) throw TemporalErrors.Unimplemented("cron schedules");
        if (request.CompletionCallbacks.Count > 0) throw TemporalErrors.Unimplemented("completion callbacks");
    }
}
