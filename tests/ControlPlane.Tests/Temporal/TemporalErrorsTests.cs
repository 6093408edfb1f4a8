using ControlPlane.Temporal;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Common.V1;
using Temporalio.Api.ErrorDetails.V1;
using Temporalio.Exceptions;
using Status = Temporalio.Exceptions.RpcException.StatusCode;

namespace ControlPlane.Tests.Temporal;

/// <summary>The table of Temporal's errors.</summary>
public sealed class TemporalErrorsTests
{
    [Theory]
    [InlineData(Status.Unavailable, ErrorClass.Connection)]
    [InlineData(Status.Unauthenticated, ErrorClass.Connection)]  // a rotated API key
    [InlineData(Status.PermissionDenied, ErrorClass.Connection)] // a right of the key, or a certificate
    [InlineData(Status.Unimplemented, ErrorClass.Connection)]    // no Temporal at this address
    [InlineData(Status.FailedPrecondition, ErrorClass.Connection)]
    [InlineData(Status.DeadlineExceeded, ErrorClass.Temporary)]
    [InlineData(Status.ResourceExhausted, ErrorClass.Temporary)]
    [InlineData(Status.Aborted, ErrorClass.Temporary)]
    [InlineData(Status.Internal, ErrorClass.Temporary)]
    [InlineData(Status.Unknown, ErrorClass.Temporary)]
    [InlineData(Status.DataLoss, ErrorClass.Temporary)]
    [InlineData(Status.Cancelled, ErrorClass.Content)]
    [InlineData(Status.InvalidArgument, ErrorClass.Content)]
    [InlineData(Status.NotFound, ErrorClass.Content)]
    [InlineData(Status.AlreadyExists, ErrorClass.Content)]
    [InlineData(Status.OutOfRange, ErrorClass.Content)]
    public void Each_status_has_its_class(Status status, ErrorClass expected) =>
        Assert.Equal(expected, TemporalErrors.Classify(new RpcException(status, "refused", null)));

    [Fact]
    public void A_missing_namespace_is_no_missing_run()
    {
        var missing = new RpcException(Status.NotFound, "no namespace", new GrpcStatus
        {
            Details = { Any.Pack(new NamespaceNotFoundFailure { Namespace = "arc-saas" }) },
        }.ToByteArray());

        Assert.Equal(ErrorClass.Connection, TemporalErrors.Classify(missing));
    }

    [Theory]
    [InlineData(Status.PermissionDenied, "Temporal refuses the credentials of this process.")]
    [InlineData(Status.Unauthenticated, "Temporal refuses the credentials of this process.")]
    [InlineData(Status.Unimplemented, "Temporal is unreachable.")]
    [InlineData(Status.FailedPrecondition, "Temporal is unreachable.")]
    public async Task A_call_that_it_refuses_for_the_connection_is_unavailable(Status status, string sentence)
    {
        var e = await Assert.ThrowsAsync<ControlPlaneException>(
            () => ControlPlaneWorkflows.CallAsync<string>(() => throw new RpcException(status, "refused", null)));

        Assert.Equal(ErrorCode.Unavailable, e.Code);
        Assert.StartsWith(sentence, e.Message, StringComparison.Ordinal);
    }
}
