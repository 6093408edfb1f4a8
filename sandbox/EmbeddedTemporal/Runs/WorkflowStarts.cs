using EmbeddedTemporal.Engine;
using EmbeddedTemporal.Rpc;

namespace EmbeddedTemporal.Runs;

/// <summary>
/// Starts runs as the policies for workflow ids allow: https://docs.temporal.io/workflow-execution/workflowid-runid
/// </summary>
internal sealed class WorkflowStarts(Shard shard)
{
    /// <summary>Starts a run or finds the one that the request's policies lead to.</summary>
    /// <param name="parent">The run whose child it becomes.</param>
    /// <param name="initiatedId">The parent's event that asks for the child.</param>
    public (Run Run, bool Started) Start(
        StartWorkflowExecutionRequest request, Run? parent = null, long initiatedId = 0)
    {
        Check(request);
        var launch = shard.Runs.Launches.Of(request);
        if (parent is not null) Adopt(launch.Attributes, parent, initiatedId);
        if (Existing(request) is { } existing) return (existing, existing.Header.RequestId == request.RequestId);
        return (Launch(launch), true);
    }

    public Run Launch(Launch launch)
    {
        var run = shard.Runs.Add(launch);
        run.Begin(launch.Started);
        return run;
    }

    private static void Adopt(WorkflowExecutionStartedEventAttributes child, Run parent, long initiatedId)
    {
        child.ParentWorkflowNamespace = parent.Namespace;
        child.ParentWorkflowExecution = parent.Execution;
        child.ParentInitiatedEventId = initiatedId;
        child.RootWorkflowExecution = parent.State.Started.RootWorkflowExecution;
    }

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
}
