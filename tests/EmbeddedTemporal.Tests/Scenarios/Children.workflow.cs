using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace EmbeddedTemporal.Tests.Scenarios;

/// <summary>Starts a CollectWorkflow as its child and returns the child's words or the kind of its failure.</summary>
[Workflow]
public sealed class ParentWorkflow
{
    [WorkflowRun]
    public async Task<string> RunAsync(string childId, int words, ParentClosePolicy policy)
    {
        try
        {
            var options = new ChildWorkflowOptions { Id = childId, ParentClosePolicy = policy };
            var result = await Workflow.ExecuteChildWorkflowAsync<string[]>("CollectWorkflow", [words], options);
            return string.Join(' ', result);
        }
        catch (ChildWorkflowFailureException failure)
        {
            return failure.InnerException?.GetType().Name ?? "failed";
        }
        catch (WorkflowAlreadyStartedException)
        {
            return "already started";
        }
    }
}

/// <summary>Starts an abandoned child and ends in the same workflow task.</summary>
[Workflow]
public sealed class LastWordsWorkflow
{
    [WorkflowRun]
    public async Task RunAsync(string childId) => await Workflow.StartChildWorkflowAsync(
        "CollectWorkflow", [1], new() { Id = childId, ParentClosePolicy = ParentClosePolicy.Abandon });
}

/// <summary>Signals another run and requests its cancellation.</summary>
[Workflow]
public sealed class NeighbourWorkflow
{
    [WorkflowRun]
    public async Task<string> RunAsync(string id, string word)
    {
        try
        {
            var neighbour = Workflow.GetExternalWorkflowHandle(id);
            await neighbour.SignalAsync("Say", [word]);
            await neighbour.CancelAsync();
            return "said";
        }
        catch (ApplicationFailureException failure)
        {
            return failure.Message;
        }
    }
}
