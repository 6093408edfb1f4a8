using EmbeddedTemporal.Engine;
using Temporalio.Api.Failure.V1;

namespace EmbeddedTemporal.Runs.Activities;

/// <summary>
/// Decides whether and when a failed attempt is retried: https://docs.temporal.io/encyclopedia/retry-policies
/// </summary>
internal static class RetryPolicies
{
    private static readonly TimeSpan DefaultInitialInterval = TimeSpan.FromSeconds(1);
    private const double DefaultCoefficient = 2;
    private const int DefaultMaxIntervalFactor = 100;

    /// <summary>
    /// Returns the policy with the server's defaults filled in. An activity without a policy is retried without limit.
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
                Duration.FromTimeSpan(filled.InitialInterval.OrZero() * DefaultMaxIntervalFactor);
        }

        filled.InitialInterval = filled.InitialInterval.Capped();
        filled.MaximumInterval = filled.MaximumInterval.Capped();
        return filled;
    }

    /// <summary>
    /// Returns InProgress with the delay before the next attempt, or the reason for not retrying.
    /// </summary>
    /// <param name="attempt">The number of the failed attempt, from 1.</param>
    /// <param name="expiry">The deadline for all attempts; null if there is none.</param>
    public static (RetryState State, TimeSpan Delay) Next(
        RetryPolicy? policy, int attempt, Failure failure, DateTimeOffset now, DateTimeOffset? expiry)
    {
        if (policy is null) return (RetryState.RetryPolicyNotSet, default);
        if (!IsRetryable(failure, policy)) return (RetryState.NonRetryableFailure, default);
        if (policy.MaximumAttempts > 0 && attempt >= policy.MaximumAttempts)
            return (RetryState.MaximumAttemptsReached, default);
        var delay = failure.ApplicationFailureInfo?.NextRetryDelay is { } requested
            ? requested.OrZero()
            : Backoff(policy, attempt);
        return now + delay >= expiry ? (RetryState.Timeout, default) : (RetryState.InProgress, delay);
    }

    private static TimeSpan Backoff(RetryPolicy policy, int attempt)
    {
        var max = policy.MaximumInterval.OrZero();
        var seconds = policy.InitialInterval.OrZero().TotalSeconds
            * Math.Pow(policy.BackoffCoefficient, attempt - 1);
        return seconds < max.TotalSeconds ? TimeSpan.FromSeconds(Math.Max(0, seconds)) : max;
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
