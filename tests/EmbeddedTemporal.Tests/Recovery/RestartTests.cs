using EmbeddedTemporal.Tests.Protocol;
using EmbeddedTemporal.Tests.Support;
using Google.Protobuf;
using Microsoft.Extensions.Time.Testing;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Update.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Exceptions;

namespace EmbeddedTemporal.Tests.Recovery;

public sealed class RestartTests : IDisposable
{
    private readonly FakeTimeProvider clock = new(TimeProvider.System.GetUtcNow());
    private readonly DatabaseFile file = new();

    private EmbeddedTemporalOptions DatabaseOptions => new() { DatabaseFile = file.Path, TimeProvider = clock };

    public void Dispose() => file.Dispose();

    [Fact]
    public async Task A_timer_continues_after_a_restart()
    {
        string id;
        await using (var before = await TestServer.WithWorkerAsync(DatabaseOptions))
        {
            var run = await before.StartAsync(new(Ids.New(), "queue"), "SleepWorkflow", 24);
            id = run.Id;
            await using var worker = await before.StartWorkerAsync(options => options.TaskQueue = "queue");
            await run.WaitForEventAsync(EventType.TimerStarted);
        }

        clock.Advance(TimeSpan.FromHours(25));
        await using var after = await TestServer.StartAsync(DatabaseOptions);
        await after.StartWorkerAsync(options => options.TaskQueue = "queue");

        Assert.Equal(25, await after.Client.GetWorkflowHandle(id).GetResultAsync<double>(), 0.001);
    }

    [Fact]
    public async Task An_unstarted_workflow_task_is_offered_again_after_a_restart()
    {
        string id;
        await using (var before = await TestServer.StartAsync(DatabaseOptions))
            id = (await before.StartAsync(new(Ids.New(), "queue"), "CollectWorkflow", 0)).Id;

        await using var after = await TestServer.StartAsync(DatabaseOptions);
        await after.StartWorkerAsync(options => options.TaskQueue = "queue");

        Assert.Empty(await after.Client.GetWorkflowHandle(id).GetResultAsync<string[]>());
    }

    [Fact]
    public async Task A_failing_workflow_task_is_retried_after_a_restart()
    {
        string id;
        await using (var before = await TestServer.StartAsync(DatabaseOptions))
        {
            await before.StartWorkerAsync();
            var run = await before.StartAsync("NoSuchWorkflow");
            await run.WaitForEventAsync(EventType.WorkflowTaskFailed);
            id = run.Id;
            await run.SignalAsync("Say", ["still there"]);
        }

        await using var after = await TestServer.StartAsync(DatabaseOptions);
        var restored = after.Client.GetWorkflowHandle(id);

        Assert.NotNull((await restored.DescribeRawAsync()).PendingWorkflowTask);
        Assert.Contains(EventType.WorkflowExecutionSignaled, await restored.EventTypesAsync());
        await restored.TerminateAsync();
    }

    [Fact]
    public async Task An_update_completed_before_the_restart_is_not_repeated()
    {
        string id;
        await using (var before = await TestServer.StartAsync(DatabaseOptions))
        using (before.Server.SkipTime(clock.Advance))
        {
            await before.StartWorkerAsync(options => options.TaskQueue = "queue");
            var run = await before.StartAsync(new(Ids.New(), "queue"), "CollectWorkflow", 2);
            Assert.Equal(1, await run.ExecuteUpdateAsync<int>("Add", ["a"], new() { Id = "same" }));
            id = run.Id;
        }

        await using var after = await TestServer.StartAsync(DatabaseOptions);
        await after.StartWorkerAsync(options => options.TaskQueue = "queue");
        using var skipping = after.Server.SkipTime(clock.Advance);
        var restored = after.Client.GetWorkflowHandle(id);

        Assert.Equal(1, await restored.ExecuteUpdateAsync<int>("Add", ["a"], new() { Id = "same" }));
        Assert.Equal(2, await restored.ExecuteUpdateAsync<int>("Add", ["b"]));
        Assert.Equal(["a", "b"], await restored.GetResultAsync<string[]>());
    }

    [Fact]
    public async Task An_accepted_update_fails_if_its_run_ended_before_the_restart()
    {
        string id;
        await using (var before = await TestServer.StartAsync(DatabaseOptions))
        {
            var run = await before.StartAsync("Any");
            await run.AdmitUpdateAsync();
            var worker = new ManualWorker(before);
            var task = await worker.PollAsync();
            await worker.AcceptAsync(task, task.Messages[0]);
            await run.TerminateAsync();
            id = run.Id;
        }

        await using var after = await TestServer.StartAsync(DatabaseOptions);
        var polled = await after.Client.WorkflowService.PollWorkflowExecutionUpdateAsync(new()
        {
            Namespace = "default",
            UpdateRef = new() { WorkflowExecution = new() { WorkflowId = id }, UpdateId = "the-update" },
        });

        Assert.Equal(
            "AcceptedUpdateCompletedWorkflow", polled.Outcome?.Failure?.ApplicationFailureInfo?.Type);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_message_for_an_update_lost_in_a_restart_fails_the_task_but_not_the_run(bool isAcceptance)
    {
        PollWorkflowTaskQueueResponse task;
        string id;
        string queue;
        await using (var before = await TestServer.StartAsync(DatabaseOptions))
        {
            var started = await before.StartAsync("Any");
            (id, queue) = (started.Id, before.TaskQueue);
            await started.AdmitUpdateAsync();
            task = await new ManualWorker(before).PollAsync();
        }

        await using var after = await TestServer.StartAsync(DatabaseOptions);
        var worker = new ManualWorker(after, queue);
        var run = after.Client.GetWorkflowHandle(id);
        IMessage answer = isAcceptance ? new Acceptance() : new Rejection { Failure = new() { Message = "no" } };
        await ProtocolTests.AssertTaskFailsAsync(
            run,
            WorkflowTaskFailedCause.BadUpdateWorkflowExecutionMessage,
            () => worker.AnswerAsync(task, Assert.Single(task.Messages), answer));

        await run.AdmitUpdateAsync();
        var next = await worker.PollAsync();
        await worker.AcceptAsync(next, Assert.Single(next.Messages));
        Assert.Single(await run.EventTypesAsync(), type => type == EventType.WorkflowExecutionUpdateAccepted);
    }

    [Fact]
    public async Task An_activity_started_before_the_restart_still_prevents_time_skipping()
    {
        string id;
        ByteString token;
        await using (var before = await TestServer.StartAsync(DatabaseOptions))
        {
            var run = await before.StartAsync("Any");
            var worker = new ManualWorker(before);
            await worker.CompleteAsync(await worker.PollAsync(), ManualWorker.Activity("a"));
            (id, token) = (run.Id, (await worker.PollActivityAsync()).TaskToken);
        }

        await using var after = await TestServer.StartAsync(DatabaseOptions);
        var jumps = 0;
        using var skipping = after.Server.SkipTime(_ => jumps++);
        await after.Client.WorkflowService.RespondActivityTaskCompletedAsync(
            new() { Namespace = "default", TaskToken = token });
        await after.Client.GetWorkflowHandle(id).WaitForEventAsync(EventType.ActivityTaskCompleted);

        Assert.Equal(0, jumps);
    }

    [Fact]
    public async Task Ids_memos_and_namespaces_survive_a_restart()
    {
        await using (var before = await TestServer.StartAsync(DatabaseOptions))
        {
            await before.Client.WorkflowService.RegisterNamespaceAsync(new()
            {
                Namespace = "tenants",
                WorkflowExecutionRetentionPeriod = new() { Seconds = 86400 },
            });
            var memo = new Dictionary<string, object> { ["tenant"] = "acme" };
            await before.StartAsync(new("the-id", "queue") { Memo = memo }, "CollectWorkflow", 1);
        }

        await using var after = await TestServer.StartAsync(DatabaseOptions);

        var described = await after.Client.GetWorkflowHandle("the-id").DescribeAsync();
        Assert.Equal("acme", await described.Memo["tenant"].ToValueAsync<string>());
        await Assert.ThrowsAsync<WorkflowAlreadyStartedException>(
            () => after.StartAsync(new("the-id", "queue"), "CollectWorkflow", 1));
        var tenants = await after.Client.WorkflowService.DescribeNamespaceAsync(new() { Namespace = "tenants" });
        Assert.Equal(86400, tenants.Config.WorkflowExecutionRetentionTtl.Seconds);
    }

    [Fact]
    public async Task A_closed_run_is_removed_from_memory_and_file_after_its_retention()
    {
        var options = DatabaseOptions with { Retention = TimeSpan.FromDays(7) };
        await using (var before = await TestServer.StartAsync(options))
        {
            var run = await before.StartAsync(new("the-id", "queue"), "CollectWorkflow", 1);
            await run.TerminateAsync();
            clock.Advance(TimeSpan.FromDays(6.9));
            Assert.NotEmpty(await run.EventTypesAsync());
            clock.Advance(TimeSpan.FromDays(0.2));
            await Assert.ThrowsAsync<RpcException>(() => run.DescribeAsync());
        }

        await using var after = await TestServer.StartAsync(options);
        Assert.Equal(0, (await after.Client.CountWorkflowsAsync("")).Count);
    }

    [Fact]
    public async Task A_second_server_on_the_same_file_is_rejected()
    {
        await using var first = await StartServer();

        var error = await Assert.ThrowsAsync<IOException>(() => StartServer());

        Assert.Contains(file.Path, error.Message, StringComparison.Ordinal);
        Assert.Contains("Is another server using it", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_not_a_database_is_rejected_and_not_changed()
    {
        await File.WriteAllTextAsync(file.Path, "precious words", TestContext.Current.CancellationToken);

        await Assert.ThrowsAsync<IOException>(() => StartServer());

        Assert.Equal(
            "precious words", await File.ReadAllTextAsync(file.Path, TestContext.Current.CancellationToken));
    }

    private Task<EmbeddedTemporalServer> StartServer() =>
        EmbeddedTemporalServer.StartAsync(DatabaseOptions, TestContext.Current.CancellationToken);
}
