using EmbeddedTemporal.Matching;
using EmbeddedTemporal.Rpc;
using EmbeddedTemporal.Runs;
using EmbeddedTemporal.Runs.WorkflowTasks;
using Temporalio.Api.Query.V1;

namespace EmbeddedTemporal.Services;

internal sealed partial class WorkflowServiceHandler
{
    public Task<PollWorkflowTaskQueueResponse> PollWorkflowTaskQueue(
        PollWorkflowTaskQueueRequest request, ServerCallContext context)
    {
        if (request.DeploymentOptions?.WorkerVersioningMode == WorkerVersioningMode.Versioned)
            throw TemporalErrors.Unimplemented("worker versioning");
        var (ns, queue) = (request.Namespace, request.TaskQueue);
        return Poll(() => RequireQueue(ns, queue?.Name ?? ""), request.Identity, OnAborted, context);

        // A sticky queue belongs to one worker, and Core aborts a poll only when the worker stops.
        void OnAborted()
        {
            if (queue.Kind == TaskQueueKind.Sticky) shard.Queues.RemoveSticky(ns, queue.Name);
        }
    }

    public Task<RespondWorkflowTaskCompletedResponse> RespondWorkflowTaskCompleted(
        RespondWorkflowTaskCompletedRequest request, ServerCallContext context) => shard.ExecuteAsync(() =>
    {
        new TaskCompletion(RequireRun(request.TaskToken), request).Apply();
        return new RespondWorkflowTaskCompletedResponse();
    });

    public Task<RespondWorkflowTaskFailedResponse> RespondWorkflowTaskFailed(
        RespondWorkflowTaskFailedRequest request, ServerCallContext context) => shard.ExecuteAsync(() =>
    {
        // Core reports a query that it cannot start as a failure of the query's task.
        if (shard.DirectQueries.TryGetValue(request.TaskToken.ToStringUtf8(), out var query))
            query.Fail(TemporalErrors.QueryFailed(request.Failure?.Message ?? "query failed", request.Failure));
        else
            RequireRun(request.TaskToken).Task.Fail(request.Cause, request.Failure, request.Identity);
        return new RespondWorkflowTaskFailedResponse();
    });

    public Task<RespondQueryTaskCompletedResponse> RespondQueryTaskCompleted(
        RespondQueryTaskCompletedRequest request, ServerCallContext context) => shard.ExecuteAsync(() =>
    {
        if (!shard.DirectQueries.Remove(request.TaskToken.ToStringUtf8(), out var query))
            throw TemporalErrors.NotFound("query task not found, or expired");
        query.Complete(new WorkflowQueryResult
        {
            ResultType = request.CompletedType,
            Answer = request.QueryResult,
            ErrorMessage = request.ErrorMessage,
            Failure = request.Failure,
        });
        return new RespondQueryTaskCompletedResponse();
    });

    public Task<ShutdownWorkerResponse> ShutdownWorker(ShutdownWorkerRequest request, ServerCallContext context) =>
        shard.ExecuteAsync(() =>
        {
            shard.Namespaces.Require(request.Namespace);
            if (request.StickyTaskQueue.Length > 0)
                shard.Queues.CloseSticky(request.Namespace, request.StickyTaskQueue);
            return new ShutdownWorkerResponse();
        });

    private TaskQueue<PollWorkflowTaskQueueResponse> RequireQueue(string ns, string name)
    {
        shard.Namespaces.Require(ns);
        if (name.Length == 0) throw TemporalErrors.InvalidArgument("TaskQueue is not set on request.");
        return shard.Queues.Workflow(ns, name);
    }

    private Run RequireRun(ByteString taskToken)
    {
        var token = TaskToken.Parse(taskToken);
        return shard.Runs.Find(token.RunId) is { State.IsOpen: true, Task.IsStarted: true } run
            && run.Task.Token == token
                ? run
                : throw TemporalErrors.NotFound("Workflow task not found.");
    }
}
