using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace EmbeddedTemporal.Tests.Scenarios;

/// <summary>Counts down to zero in one run per number, with continue-as-new.</summary>
[Workflow]
public sealed class CountdownWorkflow
{
    [WorkflowRun]
    public async Task<string> RunAsync(int from)
    {
        await Workflow.DelayAsync(TimeSpan.FromMilliseconds(1));
        return from == 0 ? "zero" : throw Workflow.CreateContinueAsNewException("CountdownWorkflow", [from - 1]);
    }
}

/// <summary>Fails until the given attempt and returns its number.</summary>
[Workflow]
public sealed class PersistentWorkflow
{
    [WorkflowRun]
    public Task<int> RunAsync(int attempts) => Workflow.Info.Attempt >= attempts
        ? Task.FromResult(Workflow.Info.Attempt)
        : throw new ApplicationFailureException($"attempt {Workflow.Info.Attempt}");
}

/// <summary>
/// Runs a local activity and ends in the same workflow task. Returns the number of signals that it has received.
/// </summary>
[Workflow]
public sealed class HastyWorkflow
{
    private int signals;

    [WorkflowRun]
    public async Task<int> RunAsync()
    {
        await Workflow.ExecuteLocalActivityAsync(
            "Work", [], new() { StartToCloseTimeout = TimeSpan.FromMinutes(1) });
        return signals;
    }

    [WorkflowSignal]
    public Task Say(string word)
    {
        signals++;
        return Task.CompletedTask;
    }
}

/// <summary>Takes the new code path if the patch is active.</summary>
[Workflow]
public sealed class PatchedWorkflow
{
    [WorkflowRun]
    public async Task<string> RunAsync()
    {
        var isPatched = Workflow.Patched("new-path");
        await Workflow.DelayAsync(TimeSpan.FromMilliseconds(1));
        return isPatched ? "new" : "old";
    }
}

/// <summary>Fails its workflow task until the test fixes the bug.</summary>
[Workflow]
public sealed class BuggyWorkflow
{
    public static bool IsFixed { get; set; }

    [WorkflowRun]
    public Task<string> RunAsync() =>
        IsFixed ? Task.FromResult("fixed") : throw new InvalidOperationException("a bug");
}
