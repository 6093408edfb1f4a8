using System.Linq.Expressions;
using Temporalio.Common;
using Temporalio.Exceptions;
using Temporalio.Workflows;
using Worker.Saga;

namespace Worker.Sweeps;

/// <summary>
/// Runs the parts of a sweep. A failed part does not stop the others; at the end the failed ones are reported, and the
/// run ends Failed.
/// </summary>
internal sealed class SweepParts
{
    private const string ReportsFailures = "tell-failures";

    private readonly List<FailedPart> failed = [];

    /// <returns>The result of the part; the default when it failed.</returns>
    public async Task<TResult?> RunAsync<TActivities, TResult>(
        string part, string queue, Expression<Func<TActivities, Task<TResult>>> activity)
    {
        try
        {
            return await Workflow.ExecuteActivityAsync(activity, new ActivityOptions
            {
                TaskQueue = Workflow.Info.TaskQueue + queue,
                // A try that is killed, or longer than this, is followed by one that goes on at its heartbeat's cursor.
                StartToCloseTimeout = TimeSpan.FromMinutes(10),
                ScheduleToCloseTimeout = TimeSpan.FromHours(1),
                HeartbeatTimeout = TimeSpan.FromSeconds(30),
                RetryPolicy = new RetryPolicy { MaximumAttempts = 6 },
            });
        }
        catch (ActivityFailureException e) when (!TemporalException.IsCanceledException(e))
        {
            var (_, code, sentence, _) = WorkflowFailures.Describe(e, part);
            failed.Add(new FailedPart(part, code, sentence));
            return default;
        }
    }

    /// <summary>Reports the failed parts.</summary>
    /// <exception cref="ApplicationFailureException">A part has failed.</exception>
    public async Task EndAsync()
    {
        if (failed.Count == 0)
        {
            return;
        }

        if (Workflow.Patched(ReportsFailures))
        {
            await Workflow.ExecuteActivityAsync(
                (SweepFailureActivities failures) => failures.ReportAsync(failed),
                new ActivityOptions { StartToCloseTimeout = TimeSpan.FromSeconds(30) });
        }

        throw new ApplicationFailureException(
            $"Not swept: {string.Join(", ", failed.Select(failure => failure.Part))}",
            errorType: "sweep_incomplete",
            nonRetryable: true);
    }
}
