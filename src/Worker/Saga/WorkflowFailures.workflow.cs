using ControlPlane.Provisioning;
using Temporalio.Exceptions;
using Temporalio.Workflows;
using Worker.Systems;

namespace Worker.Saga;

/// <summary>Converts a run's failure to the reason of its rollback, and the reason to the failure of the run.</summary>
public static class WorkflowFailures
{
    /// <summary>Describes a failure without secrets.</summary>
    public static ProvisioningFailure Describe(Exception failure, string step) => failure switch
    {
        _ when TemporalException.IsCanceledException(failure) =>
            ProvisioningFailure.Cancel(step),
        ActivityFailureException { InnerException: ApplicationFailureException cause } =>
            new(step, cause.ErrorType ?? Failures.Unexpected, cause.Message, Cancelled: false),
        ActivityFailureException { InnerException: TimeoutFailureException } =>
            new(step, Failures.TimedOut, "It did not end in time, or its worker was lost.", Cancelled: false),
        _ => new(step, Failures.Unexpected, $"An unexpected failure: {failure.GetType().Name}.", Cancelled: false),
    };

    /// <summary>
    /// Gets the exception that ends the run: Canceled after a cancellation, otherwise Failed, with the reason in the
    /// details.
    /// </summary>
    /// <param name="failure">The failure of the run; after a cancellation it may be that of a stale step.</param>
    /// <param name="reason">The recorded reason of the rollback.</param>
    public static Exception ToException(Exception failure, ProvisioningFailure reason) =>
        reason.Cancelled && Workflow.CancellationToken.IsCancellationRequested
            ? new OperationCanceledException(reason.Sentence, failure)
            : new ApplicationFailureException(
                $"Provisioning failed at {reason.FailedStep}: {reason.Sentence}",
                failure,
                errorType: reason.Code,
                nonRetryable: true,
                details: [reason]);
}
