using System.Collections.Concurrent;
using EmbeddedTemporal.Tests.Support;
using Temporalio.Activities;
using Temporalio.Exceptions;

namespace EmbeddedTemporal.Tests.Scenarios;

public sealed class SagaTests
{
    private readonly ConcurrentQueue<string> journal = new();

    [Fact]
    public async Task A_saga_runs_its_steps_in_order()
    {
        await using var test = await TestServer.WithWorkerAsync(null, Do, Undo);
        string[] steps = [.. Enumerable.Range(1, 10).Select(step => $"step{step}")];

        var saga = await test.StartAsync("SagaWorkflow", [steps]);

        Assert.Equal("done", await saga.GetResultAsync<string>());
        Assert.Equal(steps, journal);
    }

    [Fact]
    public async Task A_failing_step_is_retried_and_then_all_steps_are_undone_in_reverse()
    {
        await using var test = await TestServer.WithWorkerAsync(null, Do, Undo);

        var saga = await test.StartAsync("SagaWorkflow", [new[] { "a", "b", "broken" }]);

        Assert.Equal("undone", await saga.GetResultAsync<string>());
        Assert.Equal(["a", "b", "broken", "broken", "undo broken", "undo b", "undo a"], journal);
    }

    [Activity]
    private void Do(string step)
    {
        journal.Enqueue(step);
        if (step == "broken") throw new ApplicationFailureException("this step is broken");
    }

    [Activity]
    private void Undo(string step) => journal.Enqueue($"undo {step}");
}
