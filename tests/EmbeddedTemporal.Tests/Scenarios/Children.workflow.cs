using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace EmbeddedTemporal.Tests.Scenarios;

/// <summary>Starts a CollectWorkflow as its child and returns the child's words, or how the child ended.</summary>
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

/// <summary>Starts a child that outlives it, and ends in the same breath.</summary>
[Workflow]
public sealed class LastWordsWorkflow
{
    [WorkflowRun]
    public async Task RunAsync(string childId) => await Workflow.StartChildWorkflowAsync(
        "CollectWorkflow", [1], new() { Id = childId, ParentClosePolicy = ParentClosePolicy.Abandon });
}

/// <summary>Speaks to another run, then asks it to cancel itself.</summary>
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
