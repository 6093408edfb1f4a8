using EmbeddedTemporal.Matching;
using EmbeddedTemporal.Rpc;
using Temporalio.Api.Query.V1;

namespace EmbeddedTemporal.Runs;

/// <summary>
/// The open queries of a run. If a workflow task is open, a query is attached to it, because the result must reflect
/// the task's events. Otherwise the query is sent as a separate task. Core rejects a task that contains both.
/// </summary>
internal sealed class Queries(Run run)
{
    /// <summary>The workflow task attempt from which queries are rejected; the same as Temporal's.</summary>
    private const int FailingTaskAttempt = 3;

    private readonly Dictionary<string, Query> waiting = [];
    private readonly Dictionary<string, Query> attached = [];

    public Query Add(WorkflowQuery content)
    {
        if (run.Task.Attempt >= FailingTaskAttempt) throw WorkflowTaskFailing();
        if (!run.State.IsOpen && run.State.LastCompletedStartedId == 0) throw NoTaskCompleted();
        var query = new Query(Guid.CreateVersion7(run.Shard.Now).ToString(), content);
        waiting.Add(query.Id, query);
        SendWaiting();
        return query;
    }

    /// <summary>Removes a query whose caller no longer waits for the result.</summary>
    public void Remove(Query query)
    {
        waiting.Remove(query.Id);
        attached.Remove(query.Id);
        run.Shard.DirectQueries.Remove(query.Id);
        query.Withdraw?.Invoke();
    }

    public void Attach(PollWorkflowTaskQueueResponse response)
    {
        foreach (var (id, query) in waiting)
        {
            response.Queries.Add(id, query.Content);
            attached.Add(id, query);
        }

        waiting.Clear();
    }

    /// <summary>Completes the answered queries of a workflow task; the others wait for the next task.</summary>
    public void TaskCompleted(IDictionary<string, WorkflowQueryResult> results)
    {
        foreach (var (id, result) in results)
        {
            if (attached.Remove(id, out var query)) query.Complete(result);
        }

        DetachAll();
    }

    public void TaskFailed(int nextAttempt)
    {
        DetachAll();
        if (nextAttempt >= FailingTaskAttempt) FailWaiting(WorkflowTaskFailing());
    }

    public void Close()
    {
        DetachAll();
        if (run.State.LastCompletedStartedId == 0) FailWaiting(NoTaskCompleted());
        else SendWaiting();
    }

    /// <summary>Sends the waiting queries to the worker, unless a workflow task will include them.</summary>
    public void SendWaiting()
    {
        if (run.Task.IsOpen || run.State.LastCompletedStartedId == 0) return;
        foreach (var query in waiting.Values) Offer(query);
        waiting.Clear();
    }

    private void Offer(Query query)
    {
        run.Shard.DirectQueries[query.Id] = query;
        var sticky = run.Task.StickyQueue;
        query.Withdraw = run.Shard.Queues.Workflow(run.Namespace, sticky ?? run.State.Started.TaskQueue.Name)
            .Offer(new QueuedTask<PollWorkflowTaskQueueResponse>(
                _ => Start(query, sticky is not null), () => Offer(query)));
    }

    private DispatchedTask<PollWorkflowTaskQueueResponse>? Start(Query query, bool fromCache)
    {
        if (!run.Shard.DirectQueries.ContainsKey(query.Id)) return null;
        if (run.Task.IsOpen)
        {
            run.Shard.DirectQueries.Remove(query.Id);
            waiting.Add(query.Id, query);
            return null;
        }

        var page = fromCache ? null : HistoryPage.Read(run, 1, withUnwritten: false);
        var response = new PollWorkflowTaskQueueResponse
        {
            TaskToken = ByteString.CopyFromUtf8(query.Id),
            WorkflowExecution = run.Execution,
            WorkflowType = run.State.Started.WorkflowType,
            WorkflowExecutionTaskQueue = run.State.Started.TaskQueue,
            PreviousStartedEventId = run.State.LastCompletedStartedId,
            Attempt = 1,
            History = page?.History ?? new History(),
            NextPageToken = page?.NextPageToken ?? ByteString.Empty,
            Query = query.Content,
        };
        return new(response, () => Offer(query));
    }

    private void DetachAll()
    {
        foreach (var (id, query) in attached) waiting.Add(id, query);
        attached.Clear();
    }

    private void FailWaiting(RpcException error)
    {
        foreach (var query in waiting.Values) query.Fail(error);
        waiting.Clear();
    }

    private static RpcException WorkflowTaskFailing() =>
        TemporalErrors.WorkflowNotReady("Cannot query workflow due to Workflow Task in failed state.");

    private static RpcException NoTaskCompleted() =>
        TemporalErrors.WorkflowNotReady("Workflow Task has not been completed: there is nothing to query.");
}
