using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace EmbeddedTemporal.Tests.Scenarios;

/// <summary>Collects words from signals and updates until it has the given number of words.</summary>
[Workflow]
public sealed class CollectWorkflow
{
    private readonly List<string> words = [];

    [WorkflowRun]
    public async Task<string[]> RunAsync(int count)
    {
        await Workflow.WaitConditionAsync(() => words.Count >= count);
        return [.. words];
    }

    [WorkflowSignal]
    public Task Say(string word)
    {
        words.Add(word);
        return Task.CompletedTask;
    }

    [WorkflowQuery]
    public int Count() => words.Count;

    [WorkflowQuery]
    public string Nth(int n) => n < words.Count
        ? words[n]
        : throw new ApplicationFailureException($"there are {words.Count} words only");

    [WorkflowUpdate]
    public async Task<int> Add(string word)
    {
        await Workflow.DelayAsync(TimeSpan.FromMilliseconds(1));
        words.Add(word);
        return words.Count;
    }

    [WorkflowUpdateValidator(nameof(Add))]
    public void CheckAdd(string word)
    {
        if (word.Length == 0) throw new ApplicationFailureException("the word is empty");
    }
}
