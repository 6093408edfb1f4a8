using EmbeddedTemporal.Tests.Support;
using Microsoft.Extensions.Time.Testing;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Exceptions;

namespace EmbeddedTemporal.Tests.Protocol;

public sealed class WorkflowTaskProtocolTests
{
    private readonly FakeTimeProvider clock = new(TimeProvider.System.GetUtcNow());

    [Fact]
    public async Task A_completion_that_misses_the_latest_signal_is_rejected_as_UnhandledCommand()
    {
        await using var test = await TestServer.StartAsync();
        var worker = new ManualWorker(test);
        var run = await test.StartAsync("Any");
        var task = await worker.PollAsync();
        await run.SignalAsync("Say", ["a"]);

        var error = await Assert.ThrowsAsync<RpcException>(() => worker.CompleteAsync(task, ManualWorker.Complete()));
        var next = await worker.PollAsync();
        await worker.CompleteAsync(next, ManualWorker.Complete());

        Assert.Equal((RpcException.StatusCode.InvalidArgument, "UnhandledCommand"), (error.Code, error.Message));
        Assert.Contains(next.History.Events, e => e.EventType == EventType.WorkflowExecutionSignaled);
        Assert.Equal(1, next.Attempt);
    }

    [Fact]
    public async Task A_task_that_times_out_is_retried_and_its_token_becomes_invalid()
    {
        await using var test = await TestServer.StartAsync(new() { TimeProvider = clock });
        var worker = new ManualWorker(test);
        var run = await test.StartAsync("Any");
        var lost = await worker.PollAsync();

        clock.Advance(TimeSpan.FromSeconds(10));
        var next = await worker.PollAsync();

        Assert.Equal(2, next.Attempt);
        var error = await Assert.ThrowsAsync<RpcException>(() => worker.CompleteAsync(lost));
        Assert.Equal(RpcException.StatusCode.NotFound, error.Code);
        await worker.CompleteAsync(next, ManualWorker.Complete());
        Assert.Equal(
            [
                EventType.WorkflowExecutionStarted,
                EventType.WorkflowTaskScheduled, EventType.WorkflowTaskStarted, EventType.WorkflowTaskTimedOut,
                EventType.WorkflowTaskScheduled, EventType.WorkflowTaskStarted, EventType.WorkflowTaskCompleted,
                EventType.WorkflowExecutionCompleted,
            ],
            await run.EventTypesAsync());
    }

    [Fact]
    public async Task Repeated_task_failures_write_only_one_failed_event()
    {
        await using var test = await TestServer.StartAsync();
        var worker = new ManualWorker(test);
        var run = await test.StartAsync("Any");

        for (var attempt = 1; attempt <= 5; attempt++)
        {
            var task = await worker.PollAsync();
            Assert.Equal(attempt, task.Attempt);
            Assert.Equal(task.StartedEventId, task.History.Events[^1].EventId);
            await test.Client.WorkflowService.RespondWorkflowTaskFailedAsync(
                new() { Namespace = "default", TaskToken = task.TaskToken, Failure = new() { Message = "a bug" } });
        }

        Assert.Single(await run.EventTypesAsync(), type => type == EventType.WorkflowTaskFailed);
        await run.TerminateAsync();
    }

    [Fact]
    public async Task A_task_that_is_not_started_on_its_sticky_queue_in_time_moves_to_the_normal_queue()
    {
        await using var test = await TestServer.StartAsync(new() { TimeProvider = clock });
        var worker = new ManualWorker(test);
        var run = await test.StartAsync("Any");
        var first = await worker.PollAsync();
        var polling = await worker.BeginStickyPollAsync();
        await worker.CompleteAsync(first, sticky: true);
        await run.SignalAsync("Say", ["a"]);
        await worker.CompleteAsync(await polling, sticky: true);
        await run.SignalAsync("Say", ["b"]);

        clock.Advance(TimeSpan.FromSeconds(10));
        var task = await worker.PollAsync();

        Assert.Equal(1, task.History.Events[0].EventId);
        Assert.Contains(task.History.Events, e => e.EventType == EventType.WorkflowTaskTimedOut);
        await run.TerminateAsync();
    }

    [Fact]
    public async Task A_worker_shutdown_moves_its_sticky_tasks_to_the_normal_queue()
    {
        await using var test = await TestServer.StartAsync();
        var worker = new ManualWorker(test);
        var run = await test.StartAsync("Any");
        var first = await worker.PollAsync();
        var polling = await worker.BeginStickyPollAsync();
        await worker.CompleteAsync(first, sticky: true);
        await run.SignalAsync("Say", ["a"]);
        await worker.CompleteAsync(await polling, sticky: true);
        await run.SignalAsync("Say", ["b"]);

        await test.Client.WorkflowService.ShutdownWorkerAsync(
            new() { Namespace = "default", StickyTaskQueue = worker.Sticky });
        var task = await worker.PollAsync();

        Assert.Equal(1, task.History.Events[0].EventId);
        Assert.DoesNotContain(task.History.Events, e => e.EventType == EventType.WorkflowTaskTimedOut);
        await run.TerminateAsync();
    }

    [Fact]
    public async Task A_timer_with_a_buffered_fired_event_can_still_be_cancelled()
    {
        await using var test = await TestServer.StartAsync(new() { TimeProvider = clock });
        var worker = new ManualWorker(test);
        var run = await test.StartAsync("Any");
        await worker.CompleteAsync(await worker.PollAsync(), ManualWorker.Timer("t"), ManualWorker.Activity("a"));
        await run.SignalAsync("Say", ["a"]);
        clock.Advance(TimeSpan.FromSeconds(55));
        var task = await worker.PollAsync();
        clock.Advance(TimeSpan.FromSeconds(5));

        await worker.CompleteAsync(task, ManualWorker.Cancel("t"));

        Assert.Contains(EventType.TimerCanceled, await run.EventTypesAsync());
        Assert.DoesNotContain(EventType.TimerFired, await run.EventTypesAsync());
        await run.TerminateAsync();
    }

    [Fact]
    public async Task Invalid_commands_fail_the_task_with_a_reason()
    {
        await using var test = await TestServer.StartAsync();
        var worker = new ManualWorker(test);
        var run = await test.StartAsync("Any");
        var task = await worker.PollAsync();

        var error = await Assert.ThrowsAsync<RpcException>(
            () => worker.CompleteAsync(task, ManualWorker.Activity("twice"), ManualWorker.Activity("twice")));

        Assert.Contains("activity_id twice is in use", error.Message, StringComparison.Ordinal);
        var failed = await run.WaitForEventAsync(EventType.WorkflowTaskFailed);
        Assert.Equal(
            WorkflowTaskFailedCause.ScheduleActivityDuplicateId, failed.WorkflowTaskFailedEventAttributes.Cause);
        Assert.DoesNotContain(EventType.ActivityTaskScheduled, await run.EventTypesAsync());
        await run.TerminateAsync();
    }

    [Theory]
    [InlineData(WorkflowTaskFailedCause.UnhandledCommand, CommandType.RecordMarker)]
    [InlineData(WorkflowTaskFailedCause.BadCancelTimerAttributes, CommandType.CancelTimer)]
    public async Task One_invalid_command_fails_the_whole_task_without_changes(
        WorkflowTaskFailedCause cause, CommandType last)
    {
        await using var test = await TestServer.StartAsync();
        var worker = new ManualWorker(test);
        var run = await test.StartAsync("Any");
        await worker.CompleteAsync(await worker.PollAsync(), ManualWorker.Timer("t"));
        await run.SignalAsync("Say", ["a"]);
        var task = await worker.PollAsync();
        var command = new Command { CommandType = last };
        if (last == CommandType.CancelTimer) command = ManualWorker.Cancel("t");

        var error = await Assert.ThrowsAsync<RpcException>(
            () => worker.CompleteAsync(task, ManualWorker.Activity("a"), ManualWorker.Cancel("t"), command));

        Assert.Equal(RpcException.StatusCode.InvalidArgument, error.Code);
        var failed = await run.WaitForEventAsync(EventType.WorkflowTaskFailed);
        Assert.Equal(cause, failed.WorkflowTaskFailedEventAttributes.Cause);
        Assert.DoesNotContain(EventType.ActivityTaskScheduled, await run.EventTypesAsync());
        await run.TerminateAsync();
    }

    [Fact]
    public async Task Repeated_invalid_commands_are_retried_after_the_task_timeout()
    {
        await using var test = await TestServer.StartAsync(new() { TimeProvider = clock });
        var worker = new ManualWorker(test);
        var run = await test.StartAsync("Any");
        await Assert.ThrowsAsync<RpcException>(async () => await worker.CompleteAsync(await worker.PollAsync(), Bad()));

        var error = await Assert.ThrowsAsync<RpcException>(
            async () => await worker.CompleteAsync(await worker.PollAsync(), Bad()));

        Assert.Equal(RpcException.StatusCode.InvalidArgument, error.Code);
        var pending = (await run.DescribeRawAsync()).PendingWorkflowTask;
        Assert.Equal((PendingWorkflowTaskState.Started, 2), (pending.State, pending.Attempt));
        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(3, (await worker.PollAsync()).Attempt);
        await run.TerminateAsync();

        static Command[] Bad() => [ManualWorker.Activity("twice"), ManualWorker.Activity("twice")];
    }

    [Fact]
    public async Task A_cancelled_poll_does_not_consume_a_task()
    {
        await using var test = await TestServer.StartAsync();
        using var leaving = new CancellationTokenSource();
        var poll = test.Client.WorkflowService.PollWorkflowTaskQueueAsync(
            new() { Namespace = "default", TaskQueue = new() { Name = test.TaskQueue }, Identity = "leaving" },
            new() { CancellationToken = leaving.Token });
        await Polling.UntilAsync(() => PollersAsync(test), pollers => pollers.Pollers.Count == 1);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => poll);
        await Polling.UntilAsync(() => PollersAsync(test), pollers => pollers.Pollers.Count == 0);

        var run = await test.StartAsync("Any");

        Assert.Equal(run.Id, (await new ManualWorker(test).PollAsync()).WorkflowExecution.WorkflowId);
        await run.TerminateAsync();
    }

    [Fact]
    public async Task History_pages_have_the_requested_size()
    {
        await using var test = await TestServer.StartAsync();
        var run = await test.StartAsync("Any");
        for (var n = 0; n < 8; n++) await run.SignalAsync("Say", [n]);
        var request = new GetWorkflowExecutionHistoryRequest
        {
            Namespace = "default",
            Execution = new() { WorkflowId = run.Id },
            MaximumPageSize = 3,
        };
        var ids = new List<long>();

        do
        {
            var page = await test.Client.WorkflowService.GetWorkflowExecutionHistoryAsync(request);
            Assert.InRange(page.History.Events.Count, 1, 3);
            ids.AddRange(page.History.Events.Select(e => e.EventId));
            request.NextPageToken = page.NextPageToken;
        }
        while (!request.NextPageToken.IsEmpty);

        Assert.Equal(Enumerable.Range(1, 10), ids.Select(id => (int)id));
    }

    private static Task<DescribeTaskQueueResponse> PollersAsync(TestServer test) =>
        test.Client.WorkflowService.DescribeTaskQueueAsync(new()
        {
            Namespace = "default",
            TaskQueue = new() { Name = test.TaskQueue },
            TaskQueueType = TaskQueueType.Workflow,
        });
}
