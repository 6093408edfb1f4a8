using EmbeddedTemporal.Engine;
using Temporalio.Api.Failure.V1;

namespace EmbeddedTemporal.Runs.Activities;

/// <summary>
/// When and whether a failed attempt is tried again: https://docs.temporal.io/encyclopedia/retry-policies
/// </summary>
internal static class RetryPolicies
{
    private static readonly TimeSpan DefaultInitialInterval = TimeSpan.FromSeconds(1);
    private const double DefaultCoefficient = 2;
    private const int DefaultMaximumFactor = 100;

    /// <summary>
    /// The policy with the server's defaults filled in; an activity without one still retries for ever.
    /// </summary>
    public static RetryPolicy WithDefaults(RetryPolicy? policy)
    {
        var filled = policy?.Clone() ?? new RetryPolicy();
        if (filled.InitialInterval.OrZero() == TimeSpan.Zero)
            filled.InitialInterval = Duration.FromTimeSpan(DefaultInitialInterval);
        if (filled.BackoffCoefficient == 0) filled.BackoffCoefficient = DefaultCoefficient;
        if (filled.MaximumInterval.OrZero() == TimeSpan.Zero)
        {
            filled.MaximumInterval =
                Duration.FromTimeSpan(filled.InitialInterval.OrZero() * DefaultMaximumFactor);
        }

        filled.InitialInterval = filled.InitialInterval.Capped();
        filled.MaximumInterval = filled.MaximumInterval.Capped();
        return filled;
    }

    /// <summary>
    /// What follows a failed attempt: InProgress with the time to wait, or the reason why there is no next one.
    /// </summary>
    /// <param name="attempt">The attempt that failed; the first is 1.</param>
    /// <param name="expiry">When the whole must have ended, if it must.</param>
    public static (RetryState State, TimeSpan Delay) Next(
        RetryPolicy? policy, int attempt, Failure failure, DateTimeOffset now, DateTimeOffset? expiry)
    {
        if (policy is null) return (RetryState.RetryPolicyNotSet, default);
        if (!IsRetryable(failure, policy)) return (RetryState.NonRetryableFailure, default);
        if (policy.MaximumAttempts > 0 && attempt >= policy.MaximumAttempts)
            return (RetryState.MaximumAttemptsReached, default);
        var delay = failure.ApplicationFailureInfo?.NextRetryDelay is { } wanted
            ? wanted.OrZero()
            : Backoff(policy, attempt);
        return now + delay >= expiry ? (RetryState.Timeout, default) : (RetryState.InProgress, delay);
    }

    private static TimeSpan Backoff(RetryPolicy policy, int attempt)
    {
        var longest = policy.MaximumInterval.OrZero();
        var seconds = policy.InitialInterval.OrZero().TotalSeconds
            * Math.Pow(policy.BackoffCoefficient, attempt - 1);
        return seconds < longest.TotalSeconds ? TimeSpan.FromSeconds(Math.Max(0, seconds)) : longest;
    }

    private static bool IsRetryable(Failure failure, RetryPolicy policy) => failure.FailureInfoCase switch
    {
        Failure.FailureInfoOneofCase.TerminatedFailureInfo => false,
        Failure.FailureInfoOneofCase.CanceledFailureInfo => false,
        Failure.FailureInfoOneofCase.TimeoutFailureInfo =>
            failure.TimeoutFailureInfo.TimeoutType is TimeoutType.StartToClose or TimeoutType.Heartbeat,
        Failure.FailureInfoOneofCase.ServerFailureInfo => !failure.ServerFailureInfo.NonRetryable,
        Failure.FailureInfoOneofCase.ApplicationFailureInfo =>
            !failure.ApplicationFailureInfo.NonRetryable
            && !policy.NonRetryableErrorTypes.Contains(failure.ApplicationFailureInfo.Type),
        _ => true,
    };
}
