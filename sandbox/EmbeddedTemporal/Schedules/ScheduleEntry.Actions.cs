using System.Globalization;
using EmbeddedTemporal.Engine;
using EmbeddedTemporal.Runs;
using EmbeddedTemporal.Visibility;
using Temporalio.Api.Schedule.V1;

namespace EmbeddedTemporal.Schedules;

internal sealed partial class ScheduleEntry
{
    private const int MaxRecentActions = 10;

    /// <param name="isTriggered">Whether a client triggered the action, which does not reduce a limited number.</param>
    private void RunAction(DateTimeOffset due, ScheduleOverlapPolicy policy, bool isTriggered)
    {
        RefreshRuns();
        if (policy == ScheduleOverlapPolicy.Skip && Info.RunningWorkflows.Count > 0)
        {
            Info.OverlapSkipped++;
            return;
        }

        if (Start(due) is not { } run) return;
        if (Schedule.State.LimitedActions && !isTriggered) Schedule.State.RemainingActions--;
        Info.ActionCount++;
        if (policy == ScheduleOverlapPolicy.Skip) Info.RunningWorkflows.Add(run.Execution);
        if (Info.RecentActions.Count == MaxRecentActions) Info.RecentActions.RemoveAt(0);
        Info.RecentActions.Add(new ScheduleActionResult
        {
            ScheduleTime = due.ToTimestamp(),
            ActualTime = shard.Now.ToTimestamp(),
            StartWorkflowResult = run.Execution,
            StartWorkflowStatus = run.State.Status,
        });
    }

    /// <summary>Updates the described state of the schedule's runs, as far as the runs still exist.</summary>
    private void RefreshRuns()
    {
        foreach (var action in Info.RecentActions)
        {
            if (shard.Runs.Find(action.StartWorkflowResult.RunId) is { } run)
                action.StartWorkflowStatus = run.State.Status;
        }

        foreach (var ended in Info.RunningWorkflows.Where(execution => !IsRunning(execution)).ToList())
        {
            Info.RunningWorkflows.Remove(ended);
            KeepResult(ended);
        }
    }

    /// <summary>Keeps the result of an ended run for the next one, or its failure. Other ends change neither.</summary>
    private void KeepResult(WorkflowExecution started)
    {
        var last = shard.Runs.Current(Header.Namespace, started.WorkflowId);
        if (last?.State.Started.FirstExecutionRunId != started.RunId) return;
        if (last.State.CloseEvent?.WorkflowExecutionCompletedEventAttributes is { Result: { } result })
        {
            handedOn.LastCompletionResult = result;
            handedOn.ContinuedFailure = null;
        }
        else if (last.State.CloseEvent?.WorkflowExecutionFailedEventAttributes is { } failed)
        {
            handedOn.ContinuedFailure = failed.Failure;
        }
    }

    /// <summary>Whether the workflow is running, possibly in a later run after a retry or continue-as-new.</summary>
    private bool IsRunning(WorkflowExecution started) =>
        shard.Runs.Current(Header.Namespace, started.WorkflowId) is { State.IsOpen: true } run
        && run.State.Started.FirstExecutionRunId == started.RunId;

    /// <returns>Null if a run with that workflow id is open: the action is dropped, as in Temporal.</returns>
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
            LastCompletionResult = handedOn.LastCompletionResult,
            ContinuedFailure = handedOn.ContinuedFailure,
        };
        var attributes = request.SearchAttributes.IndexedFields;
        attributes["TemporalScheduledById"] = SearchAttribute.Create(Header.ScheduleId, "Keyword");
        attributes["TemporalScheduledStartTime"] = SearchAttribute.Create(time, "Datetime");
        try
        {
            return shard.Runs.Starter.Start(request).Run;
        }
        catch (RpcException exception) when (exception.StatusCode == StatusCode.AlreadyExists)
        {
            return null;
        }
    }
}
