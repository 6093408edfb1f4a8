using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace EmbeddedTemporal.Tests.Scenarios;

/// <summary>Sleeps for the given hours and returns the elapsed hours of the workflow clock.</summary>
[Workflow]
public sealed class SleepWorkflow
{
    [WorkflowRun]
    public async Task<double> RunAsync(double hours)
    {
        var begin = Workflow.UtcNow;
        await Workflow.DelayAsync(TimeSpan.FromHours(hours));
        return (Workflow.UtcNow - begin).TotalHours;
    }
}

/// <summary>Starts and cancels a timer, starts another, and returns a result when the workflow is cancelled.</summary>
[Workflow]
public sealed class PatienceWorkflow
{
    [WorkflowRun]
    public async Task<string> RunAsync()
    {
        using var cancel = new CancellationTokenSource();
        var first = Workflow.DelayAsync(TimeSpan.FromHours(1), cancel.Token);
        await Workflow.DelayAsync(TimeSpan.FromSeconds(1));
        cancel.Cancel();
        try
        {
            await first;
        }
        catch (TaskCanceledException)
        {
        }

        try
        {
            await Workflow.DelayAsync(TimeSpan.FromDays(30));
            return "woke up";
        }
        catch (Exception failure) when (TemporalException.IsCanceledException(failure))
        {
            return "was cancelled";
        }
    }
}
