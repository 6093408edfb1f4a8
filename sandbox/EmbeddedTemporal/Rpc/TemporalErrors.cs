using Temporalio.Api.ErrorDetails.V1;
using Temporalio.Api.Failure.V1;

namespace EmbeddedTemporal.Rpc;

/// <summary>
/// The errors of Temporal's protocol. The SDK reads their kind from the status in the trailer
/// <c>grpc-status-details-bin</c>, not from the text:
/// https://github.com/temporalio/api/tree/master/temporal/api/errordetails
/// </summary>
internal static class TemporalErrors
{
    public static RpcException NotFound(string message) =>
        With(StatusCode.NotFound, message, new NotFoundFailure());

    public static RpcException WorkflowNotFound(string workflowId, string runId) =>
        NotFound(runId.Length == 0
            ? $"workflow not found for ID: {workflowId}"
            : $"workflow execution not found for workflow ID \"{workflowId}\" and run ID \"{runId}\"");

    public static RpcException AlreadyCompleted() => NotFound("workflow execution already completed");

    public static RpcException NamespaceNotFound(string name) => With(
        StatusCode.NotFound, $"Namespace {name} is not found.", new NamespaceNotFoundFailure { Namespace = name });

    public static RpcException NamespaceAlreadyExists(string name) => With(
        StatusCode.AlreadyExists, $"Namespace \"{name}\" already exists", new NamespaceAlreadyExistsFailure());

    public static RpcException AlreadyStarted(string message, string requestId, string runId) => With(
        StatusCode.AlreadyExists,
        message,
        new WorkflowExecutionAlreadyStartedFailure { StartRequestId = requestId, RunId = runId });

    public static RpcException QueryFailed(string message, Failure? failure) =>
        With(StatusCode.InvalidArgument, message, new QueryFailedFailure { Failure = failure });

    public static RpcException WorkflowNotReady(string message) =>
        With(StatusCode.FailedPrecondition, message, new WorkflowNotReadyFailure());

    public static RpcException InvalidArgument(string message) => new(new Status(StatusCode.InvalidArgument, message));

    public static RpcException FailedPrecondition(string message) =>
        new(new Status(StatusCode.FailedPrecondition, message));

    public static RpcException Unavailable(string message) => new(new Status(StatusCode.Unavailable, message));

    public static RpcException NotBuilt(string what) => new(new Status(
        StatusCode.Unimplemented, $"the embedded Temporal server has not built {what}; use a real Temporal server"));

    private static RpcException With(StatusCode code, string message, IMessage detail)
    {
        var status = new GrpcStatus { Code = (int)code, Message = message, Details = { Any.Pack(detail) } };
        var trailers = new Metadata { { "grpc-status-details-bin", status.ToByteArray() } };
        return new RpcException(new Status(code, message), trailers, message);
    }
}
