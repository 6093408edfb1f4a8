using System.Globalization;
using EmbeddedTemporal.Engine;
using EmbeddedTemporal.Runs;
using EmbeddedTemporal.Visibility;
using Temporalio.Api.Schedule.V1;

namespace EmbeddedTemporal.Schedules;

internal sealed partial class ScheduleEntry
{
    private const int RecentActions = 10;

    /// <param name="isTriggered">By hand: that uses up nothing of a limited number.</param>
    private void Act(DateTimeOffset due, ScheduleOverlapPolicy policy, bool isTriggered)
    {
        Look();
        if (policy == ScheduleOverlapPolicy.Skip && Info.RunningWorkflows.Count > 0)
        {
            Info.OverlapSkipped++;
            return;
        }

        if (Start(due) is not { } run) return;
        if (Schedule.State.LimitedActions && !isTriggered) Schedule.State.RemainingActions--;
        Info.ActionCount++;
        if (policy == ScheduleOverlapPolicy.Skip) Info.RunningWorkflows.Add(run.Execution);
        if (Info.RecentActions.Count == RecentActions) Info.RecentActions.RemoveAt(0);
        Info.RecentActions.Add(new ScheduleActionResult
        {
            ScheduleTime = due.ToTimestamp(),
            ActualTime = shard.Now.ToTimestamp(),
            StartWorkflowResult = run.Execution,
            StartWorkflowStatus = run.State.Status,
        });
    }

    /// <summary>Brings what is told of the runs up to date, as far as they are still known.</summary>
    private void Look()
    {
        foreach (var action in Info.RecentActions)
        {
            if (shard.Runs.Find(action.StartWorkflowResult.RunId) is { } run)
                action.StartWorkflowStatus = run.State.Status;
        }

        foreach (var ended in Info.RunningWorkflows.Where(execution => !IsRunning(execution)).ToList())
            Info.RunningWorkflows.Remove(ended);
    }

    /// <summary>Also when it was retried or continued as new.</summary>
    private bool IsRunning(WorkflowExecution started) =>
        shard.Runs.Current(Header.Namespace, started.WorkflowId) is { State.IsOpen: true } run
        && run.State.Started.FirstExecutionRunId == started.RunId;

    /// <returns>Null when a run of that workflow id is open: the action is dropped, as Temporal does.</returns>
    private Run? Start(DateTimeOffset due)
    {
        var time = due.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var action = Schedule.Action.StartWorkflow;
        var request = new StartWorkflowExecutionRequest
        {
            Namespace = Header.Namespace,
            WorkflowId = $"{action.WorkflowId}-{time}",
            WorkflowType = action.WorkflowType,
            TaskQueue = action.TaskQueue,
            Input = action.Input,
            WorkflowExecutionTimeout = action.WorkflowExecutionTimeout,
            WorkflowRunTimeout = action.WorkflowRunTimeout,
            WorkflowTaskTimeout = action.WorkflowTaskTimeout,
            Identity = $"temporal-scheduler-{Header.Namespace}-{Header.ScheduleId}",
            RequestId = Guid.CreateVersion7(shard.Now).ToString(),
            RetryPolicy = action.RetryPolicy,
            Memo = action.Memo,
            SearchAttributes = action.SearchAttributes?.Clone() ?? new SearchAttributes(),
            Header = action.Header,
            UserMetadata = action.UserMetadata,
            Priority = action.Priority,
        };
        var attributes = request.SearchAttributes.IndexedFields;
        attributes["TemporalScheduledById"] = SearchAttribute.Of(Header.ScheduleId, "Keyword");
        attributes["TemporalScheduledStartTime"] = SearchAttribute.Of(time, "Datetime");
        try
        {
            return shard.Runs.Starts.Start(request).Run;
        }
        catch (RpcException refused) when (refused.StatusCode == StatusCode.AlreadyExists)
        {
            return null;
        }
    }
}
