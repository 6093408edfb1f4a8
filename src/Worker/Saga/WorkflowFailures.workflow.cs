using ControlPlane.Provisioning;
using Temporalio.Exceptions;
using Temporalio.Workflows;
using Worker.Systems;

namespace Worker.Saga;

/// <summary>How a run that was rolled back ends: with the step that really failed.</summary>
public static class WorkflowFailures
{
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

    /// <summary>Cancelled ends as cancelled; anything else as a failure whose details hold the failed step.</summary>
    /// <param name="failure">What the run met; after a cancel that may be a step that found itself stale.</param>
    /// <param name="why">Why the attempt was rolled back, as the database has it.</param>
    public static Exception ToException(Exception failure, ProvisioningFailure why) =>
        why.Cancelled && Workflow.CancellationToken.IsCancellationRequested
            ? new OperationCanceledException(why.Sentence, failure)
            : new ApplicationFailureException(
                $"Provisioning failed at {why.FailedStep}: {why.Sentence}",
                failure,
                errorType: why.Code,
                nonRetryable: true,
                details: [why]);
}
