using EmbeddedTemporal.Engine;
using EmbeddedTemporal.Rpc;
using EmbeddedTemporal.Runs.Activities;
using EmbeddedTemporal.Runs.WorkflowTasks;
using Temporalio.Api.Failure.V1;

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
        return new RecordActivityTaskHeartbeatResponse { CancelRequested = Heartbeat(activity, request.Details) };
    });

    public Task<RecordActivityTaskHeartbeatByIdResponse> RecordActivityTaskHeartbeatById(
        RecordActivityTaskHeartbeatByIdRequest request, ServerCallContext context) => shard.ExecuteAsync(() =>
    {
        var activity = RequireActivity(request.Namespace, request.WorkflowId, request.RunId, request.ActivityId);
        return new RecordActivityTaskHeartbeatByIdResponse { CancelRequested = Heartbeat(activity, request.Details) };
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
        return new RespondActivityTaskFailedResponse
        {
            Failures =
            {
                Fail(
                    RequireActivity(request.TaskToken),
                    request.Failure,
                    request.LastHeartbeatDetails,
                    request.Identity),
            },
        };
    });

    public Task<RespondActivityTaskFailedByIdResponse> RespondActivityTaskFailedById(
        RespondActivityTaskFailedByIdRequest request, ServerCallContext context) => shard.ExecuteAsync(() =>
    {
        var activity = RequireActivity(request.Namespace, request.WorkflowId, request.RunId, request.ActivityId);
        return new RespondActivityTaskFailedByIdResponse
        {
            Failures = { Fail(activity, request.Failure, request.LastHeartbeatDetails, request.Identity) },
        };
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

    /// <summary>Records a heartbeat. Returns whether the worker should cancel the activity.</summary>
    private static bool Heartbeat(ActivityState activity, Payloads? details)
    {
        if (details.IsTooLarge())
        {
            activity.Fail(ActivityState.SizeFailure("Heartbeat details exceed size limit."), null, "");
            return true;
        }

        activity.Heartbeat(details);
        return activity.IsCancelRequested;
    }

    /// <summary>Fails an attempt. Returns the failures that replace too large contents.</summary>
    private static IEnumerable<Failure> Fail(
        ActivityState activity, Failure? failure, Payloads? lastHeartbeat, string identity)
    {
        if (failure is { ApplicationFailureInfo: null })
            throw TemporalErrors.InvalidArgument("Failure must have ApplicationFailureInfo.");
        var shortened = failure.IsTooLarge() ? ActivityState.Shorten(failure!) : null;
        activity.Fail(shortened ?? failure ?? new(), lastHeartbeat, identity);
        return shortened is null ? [] : [shortened];
    }

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
