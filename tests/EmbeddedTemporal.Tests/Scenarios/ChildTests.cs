using EmbeddedTemporal.Tests.Support;
using Temporalio.Api.Enums.V1;
using Temporalio.Client;
using ParentClosePolicy = Temporalio.Workflows.ParentClosePolicy;

namespace EmbeddedTemporal.Tests.Scenarios;

public sealed class ChildTests
{
    [Fact]
    public async Task A_parent_receives_the_result_of_its_child()
    {
        await using var test = await TestServer.WithWorkerAsync();
        var (parent, child) = await StartParentAsync(test);

        await test.Client.GetWorkflowHandle(child).SignalAsync("Say", ["hello"]);

        Assert.Equal("hello", await parent.GetResultAsync<string>());
    }

    [Fact]
    public async Task A_parent_is_notified_of_the_termination_of_its_child()
    {
        await using var test = await TestServer.WithWorkerAsync();
        var (parent, child) = await StartParentAsync(test);

        await test.Client.GetWorkflowHandle(child).TerminateAsync();

        Assert.Equal("TerminatedFailureException", await parent.GetResultAsync<string>());
    }

    [Fact]
    public async Task Cancelling_a_parent_cancels_its_child()
    {
        await using var test = await TestServer.WithWorkerAsync();
        var (parent, child) = await StartParentAsync(test);

        await parent.CancelAsync();

        Assert.Equal("CanceledFailureException", await parent.GetResultAsync<string>());
        Assert.Equal(WorkflowExecutionStatus.Canceled, await GetStatusAsync(test, child));
    }

    [Fact]
    public async Task A_running_workflow_id_fails_the_start_of_a_child()
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
    public async Task The_close_policy_is_applied_to_the_child_when_its_parent_ends(
        ParentClosePolicy policy, WorkflowExecutionStatus expected)
    {
        await using var test = await TestServer.WithWorkerAsync();
        var (parent, child) = await StartParentAsync(test, policy);

        await parent.TerminateAsync();

        Assert.Equal(
            expected, await Polling.UntilAsync(() => GetStatusAsync(test, child), status => status == expected));
    }

    [Fact]
    public async Task A_child_started_in_the_last_task_of_its_parent_is_running()
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
        await Polling.UntilAsync(
            () => GetStatusAsync(test, other.Id), status => status == WorkflowExecutionStatus.Canceled);
        Assert.Contains(EventType.WorkflowExecutionSignaled, await other.EventTypesAsync());
    }

    [Fact]
    public async Task A_signal_to_a_missing_run_fails_at_the_sender()
    {
        await using var test = await TestServer.WithWorkerAsync();

        var run = await test.StartAsync("NeighbourWorkflow", "nobody", "hello");

        Assert.Contains("not found", await run.GetResultAsync<string>(), StringComparison.Ordinal);
    }

    /// <summary>Starts a parent and waits until its child has started.</summary>
    private static async Task<(WorkflowHandle Parent, string ChildId)> StartParentAsync(
        TestServer test, ParentClosePolicy policy = ParentClosePolicy.Terminate)
    {
        var child = Ids.New();
        var parent = await test.StartAsync("ParentWorkflow", child, 1, policy);
        await parent.WaitForEventAsync(EventType.ChildWorkflowExecutionStarted);
        return (parent, child);
    }

    private static async Task<WorkflowExecutionStatus> GetStatusAsync(TestServer test, string id) =>
        (await test.Client.GetWorkflowHandle(id).DescribeAsync()).Status;
}
