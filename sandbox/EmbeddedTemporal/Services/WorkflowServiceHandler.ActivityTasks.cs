using EmbeddedTemporal.Rpc;
using EmbeddedTemporal.Runs.Activities;
using EmbeddedTemporal.Runs.WorkflowTasks;

namespace EmbeddedTemporal.Services;

internal sealed partial class WorkflowServiceHandler
{
    public Task<PollActivityTaskQueueResponse> PollActivityTaskQueue(
        PollActivityTaskQueueRequest request, ServerCallContext context)
    {
        return Poll(Queue, request.Identity, static () => { }, context);

        Matching.TaskQueue<PollActivityTaskQueueResponse> Queue()
        {
            shard.Namespaces.Require(request.Namespace);
            return request.TaskQueue is { Name.Length: > 0 } queue
                ? shard.Queues.Activity(request.Namespace, queue.Name)
                : throw TemporalErrors.InvalidArgument("TaskQueue is not set on request.");
        }
    }

    public Task<RecordActivityTaskHeartbeatResponse> RecordActivityTaskHeartbeat(
        RecordActivityTaskHeartbeatRequest request, ServerCallContext context) => shard.ExecuteAsync(() =>
    {
        var activity = RequireActivity(request.TaskToken);
        activity.Heartbeat(request.Details);
        return new RecordActivityTaskHeartbeatResponse { CancelRequested = activity.IsCancelRequested };
    });

    public Task<RecordActivityTaskHeartbeatByIdResponse> RecordActivityTaskHeartbeatById(
        RecordActivityTaskHeartbeatByIdRequest request, ServerCallContext context) => shard.ExecuteAsync(() =>
    {
        var activity = RequireActivity(request.Namespace, request.WorkflowId, request.RunId, request.ActivityId);
        activity.Heartbeat(request.Details);
        return new RecordActivityTaskHeartbeatByIdResponse { CancelRequested = activity.IsCancelRequested };
    });

    public Task<RespondActivityTaskCompletedResponse> RespondActivityTaskCompleted(
        RespondActivityTaskCompletedRequest request, ServerCallContext context) => shard.ExecuteAsync(() =>
    {
        RequireActivity(request.TaskToken).Complete(request.Result, request.Identity);
        return new RespondActivityTaskCompletedResponse();
    });

    public Task<RespondActivityTaskCompletedByIdResponse> RespondActivityTaskCompletedById(
        RespondActivityTaskCompletedByIdRequest request, ServerCallContext context) => shard.ExecuteAsync(() =>
    {
        RequireActivity(request.Namespace, request.WorkflowId, request.RunId, request.ActivityId)
            .Complete(request.Result, request.Identity);
        return new RespondActivityTaskCompletedByIdResponse();
    });

    public Task<RespondActivityTaskFailedResponse> RespondActivityTaskFailed(
        RespondActivityTaskFailedRequest request, ServerCallContext context) => shard.ExecuteAsync(() =>
    {
        RequireActivity(request.TaskToken)
            .Fail(request.Failure ?? new(), request.LastHeartbeatDetails, request.Identity);
        return new RespondActivityTaskFailedResponse();
    });

    public Task<RespondActivityTaskFailedByIdResponse> RespondActivityTaskFailedById(
        RespondActivityTaskFailedByIdRequest request, ServerCallContext context) => shard.ExecuteAsync(() =>
    {
        RequireActivity(request.Namespace, request.WorkflowId, request.RunId, request.ActivityId)
            .Fail(request.Failure ?? new(), request.LastHeartbeatDetails, request.Identity);
        return new RespondActivityTaskFailedByIdResponse();
    });

    public Task<RespondActivityTaskCanceledResponse> RespondActivityTaskCanceled(
        RespondActivityTaskCanceledRequest request, ServerCallContext context) => shard.ExecuteAsync(() =>
    {
        Cancel(RequireActivity(request.TaskToken), request.Details, request.Identity);
        return new RespondActivityTaskCanceledResponse();
    });

    public Task<RespondActivityTaskCanceledByIdResponse> RespondActivityTaskCanceledById(
        RespondActivityTaskCanceledByIdRequest request, ServerCallContext context) => shard.ExecuteAsync(() =>
    {
        var activity = RequireActivity(request.Namespace, request.WorkflowId, request.RunId, request.ActivityId);
        Cancel(activity, request.Details, request.Identity);
        return new RespondActivityTaskCanceledByIdResponse();
    });

    private static void Cancel(ActivityState activity, Payloads? details, string identity)
    {
        if (!activity.IsCancelRequested)
        {
            throw TemporalErrors.InvalidArgument(
                "unable to mark activity as canceled without cancellation being requested");
        }

        activity.Cancel(details, identity);
    }

    private ActivityState RequireActivity(ByteString taskToken)
    {
        var token = TaskToken.Parse(taskToken);
        return shard.Runs.Find(token.RunId)?.Activities.Require(token) ?? throw PendingActivities.NotFound();
    }

    private ActivityState RequireActivity(string ns, string workflowId, string runId, string activityId) =>
        shard.Runs.RequireOpen(ns, new WorkflowExecution { WorkflowId = workflowId, RunId = runId })
            .Activities.Require(activityId);
}
