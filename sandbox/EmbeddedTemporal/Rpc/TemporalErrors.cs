using Temporalio.Api.ErrorDetails.V1;
using Temporalio.Api.Failure.V1;

namespace EmbeddedTemporal.Rpc;

/// <summary>
/// The errors of Temporal's protocol. The SDK identifies an error by the status in the trailer
/// <c>grpc-status-details-bin</c>, not by the message:
/// https://github.com/temporalio/api/tree/master/temporal/api/errordetails
/// </summary>
internal static class TemporalErrors
{
    public static RpcException NotFound(string message) =>
        WithDetail(StatusCode.NotFound, message, new NotFoundFailure());

    public static RpcException WorkflowNotFound(string workflowId, string runId) =>
        NotFound(runId.Length == 0
            ? $"workflow not found for ID: {workflowId}"
            : $"workflow execution not found for workflow ID \"{workflowId}\" and run ID \"{runId}\"");

    public static RpcException AlreadyCompleted() => NotFound("workflow execution already completed");

    public static RpcException NamespaceNotFound(string name) => WithDetail(
        StatusCode.NotFound, $"Namespace {name} is not found.", new NamespaceNotFoundFailure { Namespace = name });

    public static RpcException NamespaceAlreadyExists(string name) => WithDetail(
        StatusCode.AlreadyExists, $"Namespace \"{name}\" already exists", new NamespaceAlreadyExistsFailure());

    public static RpcException AlreadyStarted(string message, string requestId, string runId) => WithDetail(
        StatusCode.AlreadyExists,
        message,
        new WorkflowExecutionAlreadyStartedFailure { StartRequestId = requestId, RunId = runId });

    public static RpcException QueryFailed(string message, Failure? failure) =>
        WithDetail(StatusCode.InvalidArgument, message, new QueryFailedFailure { Failure = failure });

    public static RpcException WorkflowNotReady(string message) =>
        WithDetail(StatusCode.FailedPrecondition, message, new WorkflowNotReadyFailure());

    public static RpcException InvalidArgument(string message) => new(new Status(StatusCode.InvalidArgument, message));

    public static RpcException ResourceExhausted(string message) =>
        new(new Status(StatusCode.ResourceExhausted, message));

    public static RpcException Internal(string message) => new(new Status(StatusCode.Internal, message));

    public static RpcException FailedPrecondition(string message) =>
        new(new Status(StatusCode.FailedPrecondition, message));

    public static RpcException Unavailable(string message) => new(new Status(StatusCode.Unavailable, message));

    public static RpcException Unimplemented(string feature) => new(new Status(
        StatusCode.Unimplemented, UnimplementedMessage(feature)));

    public static string UnimplementedMessage(string feature) =>
        $"the embedded Temporal server does not implement {feature}; use a real Temporal server";

    private static RpcException WithDetail(StatusCode code, string message, IMessage detail)
    {
        var status = new GrpcStatus { Code = (int)code, Message = message, Details = { Any.Pack(detail) } };
        var trailers = new Metadata { { "grpc-status-details-bin", status.ToByteArray() } };
        return new RpcException(new Status(code, message), trailers, message);
    }
}
