using EmbeddedTemporal.Tests.Support;
using Microsoft.Extensions.Time.Testing;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Exceptions;

namespace EmbeddedTemporal.Tests.Scenarios;

public sealed class VisibilityTests
{
    private readonly FakeTimeProvider clock = new(TimeProvider.System.GetUtcNow());

    [Fact]
    public async Task Runs_are_found_by_task_queue_type_and_status()
    {
        await using var test = await TestServer.StartAsync();
        await test.StartAsync(new("a", "tenant-provisioning"), "One");
        await test.StartAsync(new("b", "tenant-provisioning"), "Two");
        await (await test.StartAsync(new("c", "elsewhere"), "One")).TerminateAsync();

        Assert.Equal(["b", "a"], await IdsAsync(test, "TaskQueue=\"tenant-provisioning\""));
        Assert.Equal(["c", "a"], await IdsAsync(test, "WorkflowType = 'One'"));
        Assert.Equal(["a"], await IdsAsync(test, "WorkflowType = 'One' AND ExecutionStatus != 'Terminated'"));
        Assert.Equal(["b"], await IdsAsync(test, "`WorkflowId` = \"b\" and ExecutionStatus = \"Running\""));
        Assert.Equal(["c", "b", "a"], await IdsAsync(test, ""));
    }

    [Fact]
    public async Task Runs_are_found_by_start_and_close_time()
    {
        await using var test = await TestServer.StartAsync(new() { TimeProvider = clock });
        await (await test.StartAsync(new("early", "queue"), "One")).TerminateAsync();
        clock.Advance(TimeSpan.FromHours(2));
        await test.StartAsync(new("late", "queue"), "One");
        var between = (clock.GetUtcNow() - TimeSpan.FromHours(1)).ToString("O");

        Assert.Equal(["late"], await IdsAsync(test, $"StartTime > '{between}'"));
        Assert.Equal(["early"], await IdsAsync(test, $"CloseTime < '{between}'"));
    }

    [Fact]
    public async Task Runs_are_listed_in_pages()
    {
        await using var test = await TestServer.StartAsync();
        for (var n = 0; n < 5; n++) await test.StartAsync(new($"run{n}", "queue"), "One");
        var request = new ListWorkflowExecutionsRequest { Namespace = "default", PageSize = 2 };
        var pages = new List<string>();

        do
        {
            var page = await test.Client.WorkflowService.ListWorkflowExecutionsAsync(request);
            pages.Add(string.Join(' ', page.Executions.Select(run => run.Execution.WorkflowId)));
            request.NextPageToken = page.NextPageToken;
        }
        while (!request.NextPageToken.IsEmpty);

        Assert.Equal(["run4 run3", "run2 run1", "run0"], pages);
    }

    [Fact]
    public async Task Runs_are_counted_by_status()
    {
        await using var test = await TestServer.StartAsync();
        for (var n = 0; n < 3; n++) await test.StartAsync("One");
        await (await test.StartAsync("One")).TerminateAsync();

        var count = await test.Client.CountWorkflowsAsync("GROUP BY ExecutionStatus");

        Assert.Equal(4, count.Count);
        Assert.Equal(
            ["Running 3", "Terminated 1"],
            count.Groups.Select(group => $"{group.GroupValues.Single()} {group.Count}"));
    }

    [Theory]
    [InlineData("Tenant = 'acme'", "'Tenant' is not a known field")]
    [InlineData("WorkflowId = acme", "expected: Field = \"value\"")]
    [InlineData("WorkflowId > 'a'", "'>' does not apply to WorkflowId")]
    [InlineData("WorkflowId = 'a' OR WorkflowId = 'b'", "expected: AND")]
    [InlineData("WorkflowId = 'a' AND", "nothing follows the last AND")]
    [InlineData("ExecutionStatus = 'Fine'", "'Fine' is not an ExecutionStatus")]
    [InlineData("StartTime > 'soon'", "'soon' is not a time for StartTime")]
    [InlineData("WorkflowType = 'One' ORDER BY StartTime", "expected: AND")]
    public async Task An_invalid_filter_is_rejected_with_a_reason(string query, string reason)
    {
        await using var test = await TestServer.StartAsync();

        var error = await Assert.ThrowsAsync<RpcException>(() => IdsAsync(test, query));

        Assert.Equal(RpcException.StatusCode.InvalidArgument, error.Code);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_task_queue_lists_a_worker_as_poller_until_it_leaves()
    {
        await using var test = await TestServer.StartAsync();
        await using var worker = await test.StartWorkerAsync(
            options => options.Identity = "the worker", [Temporalio.Activities.Activity("Work")] () => { });

        foreach (var type in new[] { TaskQueueType.Workflow, TaskQueueType.Activity })
        {
            var described = await Polling.UntilAsync(
                () => test.DescribeTaskQueueAsync(type), queue => queue.Pollers.Count > 0);
            Assert.Equal("the worker", Assert.Single(described.Pollers).Identity);
            Assert.NotNull(described.Pollers[0].LastAccessTime);
        }

        await worker.DisposeAsync();
        await Polling.UntilAsync(
            () => test.DescribeTaskQueueAsync(TaskQueueType.Workflow), queue => queue.Pollers.Count == 0);
    }

    [Fact]
    public async Task A_description_contains_the_last_failure_and_the_next_attempt_of_an_activity()
    {
        await using var test = await TestServer.WithWorkerAsync(
            new() { TimeProvider = clock },
            [Temporalio.Activities.Activity("Work")] string () => throw new ApplicationFailureException("it is down"));
        var run = await test.StartAsync("ActivityWorkflow", new ActivityTimeouts(StartToClose: 60));

        var activity = (await Polling.UntilAsync(
            run.DescribeRawAsync, described => described.PendingActivities is [{ Attempt: 2 }])).PendingActivities[0];

        Assert.Equal(PendingActivityState.Scheduled, activity.State);
        Assert.Equal("it is down", activity.LastFailure.Message);
        Assert.Equal(
            clock.GetUtcNow() + TimeSpan.FromSeconds(1), activity.NextAttemptScheduleTime.ToDateTimeOffset());
        await run.TerminateAsync();
    }

    private static async Task<string[]> IdsAsync(TestServer test, string query)
    {
        var ids = new List<string>();
        await foreach (var run in test.Client.ListWorkflowsAsync(query)) ids.Add(run.Id);
        return [.. ids];
    }
}
