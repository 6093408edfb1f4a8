using EmbeddedTemporal.Engine;
using EmbeddedTemporal.Runs;
using Temporalio.Api.Workflow.V1;

namespace EmbeddedTemporal.Services;

internal sealed partial class WorkflowServiceHandler
{
    public Task<DescribeWorkflowExecutionResponse> DescribeWorkflowExecution(
        DescribeWorkflowExecutionRequest request, ServerCallContext context) => shard.ExecuteAsync(() =>
    {
        var run = shard.Runs.Require(request.Namespace, request.Execution);
        var started = run.State.Started;
        return new DescribeWorkflowExecutionResponse
        {
            ExecutionConfig = new()
            {
                TaskQueue = started.TaskQueue,
                WorkflowExecutionTimeout = started.WorkflowExecutionTimeout,
                WorkflowRunTimeout = started.WorkflowRunTimeout,
                DefaultWorkflowTaskTimeout = started.WorkflowTaskTimeout,
                UserMetadata = run.Events[0].UserMetadata,
            },
            WorkflowExecutionInfo = ExecutionInfo(run),
            PendingActivities = { run.Activities.Pending.Select(activity => activity.Progress.Clone()) },
            PendingChildren = { run.State.Children.Select(child => PendingChild(child.Key, child.Value)) },
            PendingWorkflowTask = run.Task.Describe(),
            WorkflowExtendedInfo = new()
            {
                ExecutionExpirationTime = started.WorkflowExecutionExpirationTime,
                RunExpirationTime = run.State.Expiry?.ToTimestamp(),
                CancelRequested = run.State.IsCancelRequested,
                OriginalStartTime = run.State.StartTime.ToTimestamp(),
            },
        };
    });

    private static PendingChildExecutionInfo PendingChild(long initiatedId, ChildRun child) => new()
    {
        WorkflowId = child.Initiated.WorkflowId,
        RunId = child.RunId,
        WorkflowTypeName = child.Initiated.WorkflowType.Name,
        InitiatedId = initiatedId,
        ParentClosePolicy = child.Initiated.ParentClosePolicy,
    };

    private static WorkflowExecutionInfo ExecutionInfo(Run run)
    {
        var (state, started) = (run.State, run.State.Started);
        var executionTime = state.StartTime + started.FirstWorkflowTaskBackoff.OrZero();
        var closed = state.CloseEvent?.EventTime;
        return new()
        {
            Execution = run.Execution,
            Type = started.WorkflowType,
            StartTime = state.StartTime.ToTimestamp(),
            CloseTime = closed,
            Status = state.Status,
            HistoryLength = run.Events.Count,
            ParentExecution = started.ParentWorkflowExecution,
            ExecutionTime = executionTime.ToTimestamp(),
            Memo = new Memo { Fields = { state.Memo } },
            SearchAttributes = new SearchAttributes { IndexedFields = { state.SearchAttributes } },
            TaskQueue = started.TaskQueue.Name,
            StateTransitionCount = run.Events.Count,
            HistorySizeBytes = state.HistorySize,
            ExecutionDuration = closed is null
                ? null
                : Duration.FromTimeSpan(closed.ToDateTimeOffset() - executionTime),
            RootExecution = started.RootWorkflowExecution,
            FirstRunId = started.FirstExecutionRunId,
        };
    }
}
