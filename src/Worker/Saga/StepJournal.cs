using ControlPlane.Provisioning;
using Microsoft.Extensions.Logging;
using Npgsql;
using Temporalio.Activities;
using Temporalio.Exceptions;
using Temporalio.Worker.Interceptors;
using Worker.Steps;
using Worker.Systems;
using Worker.Telemetry;

namespace Worker.Saga;

/// <summary>
/// The interceptor that records each try of a step or of its undo in the <see cref="ProvisioningJournal"/>, the metrics
/// and the log. Failures are translated before they are written, so that no record holds a secret.
/// </summary>
public sealed partial class StepJournal(
    ProvisioningJournal journal, WorkerMetrics metrics, TimeProvider time,
    ILogger<StepJournal> logger) : IWorkerInterceptor
{
    public ActivityInboundInterceptor InterceptActivity(ActivityInboundInterceptor nextInterceptor) =>
        new Inbound(nextInterceptor, this);

    private Task<object?> InterceptAsync(ExecuteActivityInput input, Func<Task<object?>> execute) =>
        StepList.FindActivity(ActivityExecutionContext.Current.Info.ActivityType) is { } activity
            && input.Args is [ProvisionTenantInput tenant, ..]
                ? JournalAsync(activity, tenant, execute)
                : execute();

    private async Task<object?> JournalAsync(
        (StepDefinition Step, bool IsUndo) activity, ProvisionTenantInput input, Func<Task<object?>> execute)
    {
        var context = ActivityExecutionContext.Current;
        var entry = new Entry(activity, input, context.Info.Attempt);
        try
        {
            await RecordStartAsync(entry, context.CancellationToken);
        }
        catch (NpgsqlException e)
        {
            // The row cannot show it, so the log does.
            LogNotBegun(input.TenantId, activity.Step.Id, Failures.Translate(e).Message);
            throw;
        }

        long startedAt = time.GetTimestamp();
        string outcome = "cancelled";
        try
        {
            object? result = await execute();
            await RecordSuccessAsync(entry, context.CancellationToken);
            outcome = "done";
            return result;
        }
        catch (Exception e) when (!Failures.IsCancelled(e, context))
        {
            var failure = Failures.Translate(e, retryRefusals: activity.IsUndo);
            outcome = "failed";
            var nextTryAt = GetNextTryTime(failure, context.Info);
            if (nextTryAt is null && !activity.IsUndo && Failures.IsWaitedOut(failure.ErrorType))
            {
                // The run begins new tries at once.
                nextTryAt = time.GetUtcNow();
            }

            await RecordFailureAsync(entry, failure, nextTryAt);
            throw failure;
        }
        catch (OperationCanceledException)
        {
            // By an operator, or because this worker stops and another one retries: the rollback records the reason.
            LogCancelled(input.TenantId, input.Attempt, activity.Step.Id);
            throw;
        }
        finally
        {
            metrics.StepEnded(activity.Step.Id, activity.IsUndo, outcome, time.GetElapsedTime(startedAt));
        }
    }

    private Task RecordStartAsync(Entry entry, CancellationToken cancellationToken)
    {
        var (activity, input, tries) = entry;
        if (activity.IsUndo)
        {
            LogUndoStarted(input.TenantId, input.Attempt, activity.Step.Id, tries);
            return journal.UndoStartedAsync(input.TenantId, input.Attempt, activity.Step.Id, tries, cancellationToken);
        }

        LogStarted(activity.Step.Announcement, input.TenantId, input.Attempt, activity.Step.Id, tries);
        return journal.StepStartedAsync(input.TenantId, input.Attempt, activity.Step.Id, tries, cancellationToken);
    }

    private Task RecordSuccessAsync(Entry entry, CancellationToken cancellationToken)
    {
        var (activity, input, _) = entry;
        LogDone(activity.IsUndo ? "Undone" : "Done", input.TenantId, input.Attempt, activity.Step.Id);
        return activity.IsUndo
            ? journal.UndoDoneAsync(input.TenantId, input.Attempt, activity.Step.Id, cancellationToken)
            : journal.StepDoneAsync(input.TenantId, input.Attempt, activity.Step.Id, cancellationToken);
    }

    private async Task RecordFailureAsync(Entry entry, ApplicationFailureException failure, DateTimeOffset? nextTryAt)
    {
        var (activity, input, tries) = entry;
        string code = failure.ErrorType!, sentence = failure.Message;
        LogFailed(activity.IsUndo ? "Undo of" : "Step", activity.Step.Id, input.TenantId, input.Attempt, tries, code,
            sentence, nextTryAt);
        metrics.StepFailed(activity.Step.Id, activity.IsUndo, code, isFinal: nextTryAt is null);
        try
        {
            await (activity.IsUndo
                ? journal.UndoFailedAsync(
                    input.TenantId, input.Attempt, activity.Step.Id, sentence, nextTryAt, CancellationToken.None)
                : journal.StepFailedAsync(
                    input.TenantId, input.Attempt, activity.Step.Id, code, sentence, nextTryAt,
                    CancellationToken.None));
        }
        catch (NpgsqlException e)
        {
            // The failure of the step matters more than that of the journal; it is in the log above.
            LogNotWritten(input.TenantId, activity.Step.Id, e.SqlState ?? "unreachable");
        }
    }

    // Computed as the Temporal server does, from the retry policy of the task.
    private DateTimeOffset? GetNextTryTime(ApplicationFailureException e, ActivityInfo info)
    {
        if (e.NonRetryable || info.RetryPolicy is not { } policy
            || (policy.MaximumAttempts > 0 && info.Attempt >= policy.MaximumAttempts))
        {
            return null;
        }

        double delay = policy.InitialInterval.TotalSeconds * Math.Pow(policy.BackoffCoefficient, info.Attempt - 1);
        double maxDelay = policy.MaximumInterval?.TotalSeconds ?? policy.InitialInterval.TotalSeconds * 100;
        return time.GetUtcNow() + TimeSpan.FromSeconds(Math.Min(delay, maxDelay));
    }

    [LoggerMessage(EventId = 200, Level = LogLevel.Information, Message =
        "{Announcement}: tenant {TenantId}, attempt {Attempt}, step {Step}, try {Try}")]
    private partial void LogStarted(string announcement, Guid tenantId, int attempt, string step, int @try);

    [LoggerMessage(EventId = 201, Level = LogLevel.Information, Message =
        "Undoing: tenant {TenantId}, attempt {Attempt}, step {Step}, try {Try}")]
    private partial void LogUndoStarted(Guid tenantId, int attempt, string step, int @try);

    [LoggerMessage(EventId = 202, Level = LogLevel.Information, Message =
        "{Done}: tenant {TenantId}, attempt {Attempt}, step {Step}")]
    private partial void LogDone(string done, Guid tenantId, int attempt, string step);

    [LoggerMessage(EventId = 203, Level = LogLevel.Warning, Message =
        "{Which} {Step} failed: tenant {TenantId}, attempt {Attempt}, try {Try}, {Code}: {Sentence} "
        + "Next try: {NextTryAt}")]
    private partial void LogFailed(
        string which, string step, Guid tenantId, int attempt, int @try, string code, string sentence,
        DateTimeOffset? nextTryAt);

    [LoggerMessage(EventId = 204, Level = LogLevel.Warning, Message =
        "Cancelled: tenant {TenantId}, attempt {Attempt}, step {Step}")]
    private partial void LogCancelled(Guid tenantId, int attempt, string step);

    [LoggerMessage(EventId = 205, Level = LogLevel.Error, Message =
        "The failure of step {Step} of tenant {TenantId} could not be recorded: {Reason}")]
    private partial void LogNotWritten(Guid tenantId, string step, string reason);

    [LoggerMessage(EventId = 206, Level = LogLevel.Warning, Message =
        "A try of step {Step} of tenant {TenantId} could not be recorded and waits: {Reason}")]
    private partial void LogNotBegun(Guid tenantId, string step, string reason);

    private sealed record Entry((StepDefinition Step, bool IsUndo) Activity, ProvisionTenantInput Input, int Tries);

    private sealed class Inbound(ActivityInboundInterceptor next, StepJournal journal)
        : ActivityInboundInterceptor(next)
    {
        public override Task<object?> ExecuteActivityAsync(ExecuteActivityInput input) =>
            journal.InterceptAsync(input, () => base.ExecuteActivityAsync(input));
    }
}
