using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace EmbeddedTemporal.Tests.Scenarios;

/// <summary>Runs steps one after another and undoes them in reverse order if one fails.</summary>
[Workflow]
public sealed class SagaWorkflow
{
    private readonly Stack<string> started = new();

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
                started.Push(step);
                await Workflow.ExecuteActivityAsync("Do", [step], options);
            }

            return "done";
        }
        catch (ActivityFailureException)
        {
            while (started.TryPop(out var step))
                await Workflow.ExecuteActivityAsync("Undo", [step], options);
            return "undone";
        }
    }
}
