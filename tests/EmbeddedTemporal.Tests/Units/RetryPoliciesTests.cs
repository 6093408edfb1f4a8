using CsCheck;
using EmbeddedTemporal.Runs.Activities;
using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;

namespace EmbeddedTemporal.Tests.Units;

public sealed class RetryPoliciesTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_default_delays_double_from_one_second_to_a_hundred()
    {
        var policy = RetryPolicies.WithDefaults(null);

        var delays = Enumerable.Range(1, 9).Select(attempt => Next(policy, attempt).Delay.TotalSeconds);

        Assert.Equal([1, 2, 4, 8, 16, 32, 64, 100, 100], delays);
    }

    [Fact]
    public void Delays_never_decrease_and_never_exceed_the_maximum() => Gen
        .Select(Gen.Double[0.001, 100], Gen.Double[1, 10], Gen.Double[0.001, 10_000], Gen.Int[1, 10_000])
        .Sample((initial, coefficient, maximum, attempt) =>
        {
            var policy = RetryPolicies.WithDefaults(new RetryPolicy
            {
                InitialInterval = Duration.FromTimeSpan(TimeSpan.FromSeconds(initial)),
                BackoffCoefficient = coefficient,
                MaximumInterval = Duration.FromTimeSpan(TimeSpan.FromSeconds(maximum)),
            });
            var (one, next) = (Next(policy, attempt).Delay, Next(policy, attempt + 1).Delay);
            return one <= next && next <= policy.MaximumInterval.ToTimeSpan();
        });

    [Fact]
    public void No_attempt_is_made_beyond_the_maximum_or_the_expiry() => Gen
        .Select(Gen.Int[1, 20], Gen.Int[1, 40], Gen.Int[1, 100])
        .Sample((maximum, attempt, secondsLeft) =>
        {
            var policy = RetryPolicies.WithDefaults(new RetryPolicy { MaximumAttempts = maximum });
            var expiry = Now.AddSeconds(secondsLeft);
            var (state, delay) = RetryPolicies.Next(policy, attempt, new Failure(), Now, expiry);
            return state == RetryState.InProgress
                ? attempt < maximum && Now + delay < expiry
                : attempt >= maximum || state == RetryState.Timeout;
        });

    [Fact]
    public void A_failure_of_a_non_retryable_type_is_not_retried()
    {
        var policy = new RetryPolicy { NonRetryableErrorTypes = { "Permanent" } };
        var failure = new Failure { ApplicationFailureInfo = new() { Type = "Permanent" } };

        var (state, _) = RetryPolicies.Next(RetryPolicies.WithDefaults(policy), 1, failure, Now, null);

        Assert.Equal(RetryState.NonRetryableFailure, state);
    }

    [Theory]
    [InlineData(TimeoutType.StartToClose, RetryState.InProgress)]
    [InlineData(TimeoutType.Heartbeat, RetryState.InProgress)]
    [InlineData(TimeoutType.ScheduleToStart, RetryState.NonRetryableFailure)]
    [InlineData(TimeoutType.ScheduleToClose, RetryState.NonRetryableFailure)]
    public void Timeouts_of_an_attempt_are_retried_and_timeouts_of_the_activity_are_not(
        TimeoutType type, RetryState expected)
    {
        var failure = new Failure { TimeoutFailureInfo = new() { TimeoutType = type } };

        Assert.Equal(expected, RetryPolicies.Next(RetryPolicies.WithDefaults(null), 1, failure, Now, null).State);
    }

    [Fact]
    public void A_delay_beyond_a_century_counts_as_a_century()
    {
        var policy = RetryPolicies.WithDefaults(
            new RetryPolicy { InitialInterval = new() { Seconds = long.MaxValue } });

        Assert.Equal(TimeSpan.FromDays(36_500), Next(policy, 7).Delay);
    }

    private static (RetryState State, TimeSpan Delay) Next(RetryPolicy policy, int attempt) =>
        RetryPolicies.Next(policy, attempt, new Failure(), Now, null);
}
