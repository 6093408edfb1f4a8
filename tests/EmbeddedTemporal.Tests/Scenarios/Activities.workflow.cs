using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace EmbeddedTemporal.Tests.Scenarios;

/// <summary>Runs the activity "Work" with the given timeouts and returns its result or failure.</summary>
[Workflow]
public sealed class ActivityWorkflow
{
    [WorkflowRun]
    public async Task<string> RunAsync(ActivityTimeouts timeouts)
    {
        try
        {
            return await Workflow.ExecuteActivityAsync<string>("Work", [], timeouts.ToOptions());
        }
        catch (ActivityFailureException failure)
        {
            return failure.InnerException switch
            {
                TimeoutFailureException timeout => $"timeout {timeout.TimeoutType}",
                CanceledFailureException => "canceled",
                _ => $"failed: {failure.InnerException?.Message} ({failure.RetryState})",
            };
        }
    }
}

/// <summary>Activity timeouts in seconds; 0 means not set.</summary>
public sealed record ActivityTimeouts(
    double StartToClose = 0,
    double ScheduleToStart = 0,
    double ScheduleToClose = 0,
    double Heartbeat = 0,
    int MaximumAttempts = 0,
    bool WaitCancel = false)
{
    public ActivityOptions ToOptions() => new()
    {
        StartToCloseTimeout = Seconds(StartToClose),
        ScheduleToStartTimeout = Seconds(ScheduleToStart),
        ScheduleToCloseTimeout = Seconds(ScheduleToClose),
        HeartbeatTimeout = Seconds(Heartbeat),
        RetryPolicy = MaximumAttempts > 0 ? new() { MaximumAttempts = MaximumAttempts } : null,
        CancellationType = WaitCancel
            ? ActivityCancellationType.WaitCancellationCompleted
            : ActivityCancellationType.TryCancel,
    };

    private static TimeSpan? Seconds(double seconds) => seconds > 0 ? TimeSpan.FromSeconds(seconds) : null;
}

/// <summary>Runs the activity "Square" in parallel for 1 to the given number, and returns the sum.</summary>
[Workflow]
public sealed class ParallelWorkflow
{
    [WorkflowRun]
    public async Task<int> RunAsync(int count)
    {
        var options = new ActivityOptions { StartToCloseTimeout = TimeSpan.FromMinutes(1) };
        var all = Enumerable.Range(1, count)
            .Select(n => Workflow.ExecuteActivityAsync<int>("Square", [n], options));
        return (await Workflow.WhenAllAsync(all)).Sum();
    }
}

/// <summary>Starts "Work", cancels it after a signal, and returns its result or "canceled".</summary>
[Workflow]
public sealed class CancelActivityWorkflow
{
    private bool enough;

    [WorkflowRun]
    public async Task<string> RunAsync(ActivityTimeouts timeouts)
    {
        using var cancel = new CancellationTokenSource();
        var options = timeouts.ToOptions();
        options.CancellationToken = cancel.Token;
        var work = Workflow.ExecuteActivityAsync<string>("Work", [], options);
        await Workflow.WaitConditionAsync(() => enough);
        cancel.Cancel();
        try
        {
            return await work;
        }
        catch (ActivityFailureException failure) when (failure.InnerException is CanceledFailureException)
        {
            return "canceled";
        }
    }

    [WorkflowSignal]
    public Task Enough()
    {
        enough = true;
        return Task.CompletedTask;
    }
}
