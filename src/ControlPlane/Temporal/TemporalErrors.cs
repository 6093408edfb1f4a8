using Temporalio.Api.ErrorDetails.V1;
using Temporalio.Exceptions;
using Status = Temporalio.Exceptions.RpcException.StatusCode;

namespace ControlPlane.Temporal;

/// <summary>The classes of Temporal's errors, by gRPC status.</summary>
public static class TemporalErrors
{
    public static ErrorClass Classify(RpcException e) => e.Code switch
    {
        // The address answers for no Temporal, is away, or refuses our credentials.
        Status.Unavailable or Status.Unauthenticated or Status.PermissionDenied or Status.Unimplemented
            => ErrorClass.Connection,
        // The namespace is missing, or is active in another cluster.
        Status.NotFound when !IsAboutRun(e) => ErrorClass.Connection,
        Status.FailedPrecondition => ErrorClass.Connection,
        Status.DeadlineExceeded or Status.ResourceExhausted or Status.Aborted or Status.Internal or Status.Unknown
            or Status.DataLoss => ErrorClass.Temporary,
        // Cancelled is the caller's own cancellation.
        _ => ErrorClass.Content,
    };

    /// <summary>Whether the API key or the client certificate is refused.</summary>
    public static bool RefusesCredentials(RpcException e) =>
        e.Code is Status.Unauthenticated or Status.PermissionDenied;

    /// <summary>Whether the exception is a connection that could not be made.</summary>
    // The SDK has no specific exception type for it.
    public static bool IsUnreachable(InvalidOperationException e) =>
        e.Message.StartsWith("Connection failed", StringComparison.Ordinal);

    /// <summary>
    /// Whether NotFound is about the run. A missing namespace has the same status and says nothing about the run.
    /// </summary>
    public static bool IsAboutRun(RpcException e) => !(e.GrpcStatus.Value?.Details ?? []).Any(detail =>
        detail.TypeUrl.EndsWith(nameof(NamespaceNotFoundFailure), StringComparison.Ordinal));
}
