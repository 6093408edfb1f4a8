using EmbeddedTemporal.Matching;
using EmbeddedTemporal.Rpc;
using Temporalio.Api.Query.V1;

namespace EmbeddedTemporal.Runs;

/// <summary>
/// The open queries of a run. One that meets an open workflow task travels with it, because the answer must know
/// what the task brings; any other goes to the worker as a task of its own. Never both in one task: Core refuses it.
/// </summary>
internal sealed class Queries(Run run)
{
    /// <summary>A workflow task that failed so often will not answer soon; the same limit as Temporal's.</summary>
    private const int HopelessAttempt = 3;

    private readonly Dictionary<string, Query> waiting = [];
    private readonly Dictionary<string, Query> travelling = [];

    public Query Ask(WorkflowQuery question)
    {
        if (run.Task.Attempt >= HopelessAttempt) throw TaskFailing();
        if (!run.State.IsOpen && run.State.LastCompletedStartedId == 0) throw NeverRan();
        var query = new Query(Guid.CreateVersion7(run.Shard.Now).ToString(), question);
        waiting.Add(query.Id, query);
        SendWaiting();
        return query;
    }

    /// <summary>Nobody waits for the answer any more.</summary>
    public void Forget(Query query)
    {
        waiting.Remove(query.Id);
        travelling.Remove(query.Id);
        run.Shard.DirectQueries.Remove(query.Id);
        query.Withdraw?.Invoke();
    }

    public void Attach(PollWorkflowTaskQueueResponse response)
    {
        foreach (var (id, query) in waiting)
        {
            response.Queries.Add(id, query.Question);
            travelling.Add(id, query);
        }

        waiting.Clear();
    }

    /// <summary>The workflow task brought its answers; what it left open is asked again.</summary>
    public void Completed(IDictionary<string, WorkflowQueryResult> results)
    {
        foreach (var (id, result) in results)
        {
            if (travelling.Remove(id, out var query)) query.Answer(result);
        }

        WaitAgain();
    }

    public void TaskLost(int nextAttempt)
    {
        WaitAgain();
        if (nextAttempt >= HopelessAttempt) RefuseAll(TaskFailing());
    }

    public void Close()
    {
        WaitAgain();
        if (run.State.LastCompletedStartedId == 0) RefuseAll(NeverRan());
        else SendWaiting();
    }

    /// <summary>Sends what waits to the worker, unless a workflow task will take it along.</summary>
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
            .Offer(new Ticket<PollWorkflowTaskQueueResponse>(
                _ => Start(query, sticky is not null), () => Offer(query)));
    }

    private Dispatched<PollWorkflowTaskQueueResponse>? Start(Query query, bool fromCache)
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
            Query = query.Question,
        };
        return new(response, () => Offer(query));
    }

    private void WaitAgain()
    {
        foreach (var (id, query) in travelling) waiting.Add(id, query);
        travelling.Clear();
    }

    private void RefuseAll(RpcException error)
    {
        foreach (var query in waiting.Values) query.Refuse(error);
        waiting.Clear();
    }

    private static RpcException TaskFailing() =>
        TemporalErrors.WorkflowNotReady("Cannot query workflow due to Workflow Task in failed state.");

    private static RpcException NeverRan() =>
        TemporalErrors.WorkflowNotReady("Workflow Task has not been completed: there is nothing to query.");
}
