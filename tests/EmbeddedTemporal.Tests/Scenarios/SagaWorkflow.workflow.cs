using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace EmbeddedTemporal.Tests.Scenarios;

/// <summary>Takes steps one after another and undoes them in reverse when one fails.</summary>
[Workflow]
public sealed class SagaWorkflow
{
    private readonly Stack<string> taken = new();

    [WorkflowRun]
    public async Task<string> RunAsync(string[] steps)
    {
        var options = new ActivityOptions
        {
            StartToCloseTimeout = TimeSpan.FromMinutes(1),
            RetryPolicy = new() { MaximumAttempts = 2, InitialInterval = TimeSpan.FromMilliseconds(10) },
        };
        try
        {
            foreach (var step in steps)
            {
                taken.Push(step);
                await Workflow.ExecuteActivityAsync("Do", [step], options);
            }

            return "done";
        }
        catch (ActivityFailureException)
        {
            while (taken.TryPop(out var step))
                await Workflow.ExecuteActivityAsync("Undo", [step], options);
            return "undone";
        }
    }
}
