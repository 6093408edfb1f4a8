using EmbeddedTemporal.Tests.Support;
using Temporalio.Api.Enums.V1;
using ParentClosePolicy = Temporalio.Workflows.ParentClosePolicy;

namespace EmbeddedTemporal.Tests.Scenarios;

public sealed class ChildTests
{
    [Fact]
    public async Task A_parent_gets_its_childs_result()
    {
        await using var test = await TestServer.WithWorkerAsync();
        var child = Ids.New();
        var parent = await test.StartAsync("ParentWorkflow", child, 1, ParentClosePolicy.Terminate);
        await parent.UntilAsync(EventType.ChildWorkflowExecutionStarted);

        await test.Client.GetWorkflowHandle(child).SignalAsync("Say", ["hello"]);

        Assert.Equal("hello", await parent.GetResultAsync<string>());
    }

    [Fact]
    public async Task A_parent_hears_that_its_child_was_terminated()
    {
        await using var test = await TestServer.WithWorkerAsync();
        var child = Ids.New();
        var parent = await test.StartAsync("ParentWorkflow", child, 1, ParentClosePolicy.Terminate);
        await parent.UntilAsync(EventType.ChildWorkflowExecutionStarted);

        await test.Client.GetWorkflowHandle(child).TerminateAsync();

        Assert.Equal("TerminatedFailureException", await parent.GetResultAsync<string>());
    }

    [Fact]
    public async Task Cancelling_a_parent_cancels_its_child()
    {
        await using var test = await TestServer.WithWorkerAsync();
        var child = Ids.New();
        var parent = await test.StartAsync("ParentWorkflow", child, 1, ParentClosePolicy.Terminate);
        await parent.UntilAsync(EventType.ChildWorkflowExecutionStarted);

        await parent.CancelAsync();

        Assert.Equal("CanceledFailureException", await parent.GetResultAsync<string>());
        Assert.Equal(WorkflowExecutionStatus.Canceled, await StatusOf(test, child));
    }

    [Fact]
    public async Task A_childs_id_that_is_taken_fails_at_the_parent()
    {
        await using var test = await TestServer.WithWorkerAsync();
        var taken = await test.StartAsync("CollectWorkflow", 1);

        var parent = await test.StartAsync("ParentWorkflow", taken.Id, 1, ParentClosePolicy.Terminate);

        Assert.Equal("already started", await parent.GetResultAsync<string>());
    }

    [Theory]
    [InlineData(ParentClosePolicy.Abandon, WorkflowExecutionStatus.Running)]
    [InlineData(ParentClosePolicy.Terminate, WorkflowExecutionStatus.Terminated)]
    [InlineData(ParentClosePolicy.RequestCancel, WorkflowExecutionStatus.Canceled)]
    public async Task A_parents_end_does_to_its_child_what_the_policy_says(
        ParentClosePolicy policy, WorkflowExecutionStatus expected)
    {
        await using var test = await TestServer.WithWorkerAsync();
        var child = Ids.New();
        var parent = await test.StartAsync("ParentWorkflow", child, 1, policy);
        await parent.UntilAsync(EventType.ChildWorkflowExecutionStarted);

        await parent.TerminateAsync();

        Assert.Equal(expected, await Histories.UntilAsync(() => StatusOf(test, child), status => status == expected));
    }

    [Fact]
    public async Task A_child_that_is_started_with_its_parents_last_words_lives()
    {
        await using var test = await TestServer.WithWorkerAsync();
        var child = Ids.New();

        await (await test.StartAsync("LastWordsWorkflow", child)).GetResultAsync();
        await test.Client.GetWorkflowHandle(child).SignalAsync("Say", ["alive"]);

        Assert.Equal(["alive"], await test.Client.GetWorkflowHandle(child).GetResultAsync<string[]>());
    }

    [Fact]
    public async Task One_run_signals_and_cancels_another()
    {
        await using var test = await TestServer.WithWorkerAsync();
        var other = await test.StartAsync("CollectWorkflow", 2);

        var run = await test.StartAsync("NeighbourWorkflow", other.Id, "hello");

        Assert.Equal("said", await run.GetResultAsync<string>());
        await Histories.UntilAsync(
            () => StatusOf(test, other.Id), status => status == WorkflowExecutionStatus.Canceled);
        Assert.Contains(EventType.WorkflowExecutionSignaled, await other.EventTypesAsync());
    }

    [Fact]
    public async Task A_signal_to_nobody_fails_at_the_sender()
    {
        await using var test = await TestServer.WithWorkerAsync();

        var run = await test.StartAsync("NeighbourWorkflow", "nobody", "hello");

        Assert.Contains("not found", await run.GetResultAsync<string>(), StringComparison.Ordinal);
    }

    private static async Task<WorkflowExecutionStatus> StatusOf(TestServer test, string id) =>
        (await test.Client.GetWorkflowHandle(id).DescribeAsync()).Status;
}
