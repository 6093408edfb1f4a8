using EmbeddedTemporal.Tests.Protocol;
using EmbeddedTemporal.Tests.Support;
using Google.Protobuf;
using Microsoft.Extensions.Time.Testing;
using Temporalio.Api.Enums.V1;
using Temporalio.Exceptions;

namespace EmbeddedTemporal.Tests.Recovery;

public sealed class RestartTests : IDisposable
{
    private readonly FakeTimeProvider clock = new(TimeProvider.System.GetUtcNow());
    private readonly DatabaseFile file = new();

    private EmbeddedTemporalOptions OnFile => new() { DatabaseFile = file.Path, TimeProvider = clock };

    public void Dispose() => file.Dispose();

    [Fact]
    public async Task A_timer_goes_on_after_a_restart()
    {
        string id;
        await using (var before = await TestServer.WithWorkerAsync(OnFile))
        {
            var run = await before.StartAsync(new(Ids.New(), "queue"), "SleepWorkflow", 24);
            id = run.Id;
            await using var worker = await before.StartWorkerAsync(options => options.TaskQueue = "queue");
            await run.UntilAsync(EventType.TimerStarted);
        }

        clock.Advance(TimeSpan.FromHours(25));
        await using var after = await TestServer.StartAsync(OnFile);
        await after.StartWorkerAsync(options => options.TaskQueue = "queue");

        Assert.Equal(25, await after.Client.GetWorkflowHandle(id).GetResultAsync<double>(), 0.001);
    }

    [Fact]
    public async Task A_workflow_task_that_nobody_took_is_offered_again()
    {
        string id;
        await using (var before = await TestServer.StartAsync(OnFile))
            id = (await before.StartAsync(new(Ids.New(), "queue"), "CollectWorkflow", 0)).Id;

        await using var after = await TestServer.StartAsync(OnFile);
        await after.StartWorkerAsync(options => options.TaskQueue = "queue");

        Assert.Empty(await after.Client.GetWorkflowHandle(id).GetResultAsync<string[]>());
    }

    [Fact]
    public async Task A_failing_workflow_task_is_tried_again()
    {
        string id;
        await using (var before = await TestServer.StartAsync(OnFile))
        {
            await before.StartWorkerAsync();
            var run = await before.StartAsync("NoSuchWorkflow");
            await run.UntilAsync(EventType.WorkflowTaskFailed);
            id = run.Id;
            await run.SignalAsync("Say", ["still there"]);
        }

        await using var after = await TestServer.StartAsync(OnFile);
        var restored = after.Client.GetWorkflowHandle(id);

        Assert.NotNull((await restored.DescribeRawAsync()).PendingWorkflowTask);
        Assert.Contains(EventType.WorkflowExecutionSignaled, await restored.EventTypesAsync());
        await restored.TerminateAsync();
    }

    [Fact]
    public async Task An_update_that_was_done_before_the_restart_is_not_done_again()
    {
        string id;
        await using (var before = await TestServer.StartAsync(OnFile))
        using (before.Server.SkipTime(clock.Advance))
        {
            await before.StartWorkerAsync(options => options.TaskQueue = "queue");
            var run = await before.StartAsync(new(Ids.New(), "queue"), "CollectWorkflow", 2);
            Assert.Equal(1, await run.ExecuteUpdateAsync<int>("Add", ["a"], new() { Id = "same" }));
            id = run.Id;
        }

        await using var after = await TestServer.StartAsync(OnFile);
        await after.StartWorkerAsync(options => options.TaskQueue = "queue");
        using var skipping = after.Server.SkipTime(clock.Advance);
        var restored = after.Client.GetWorkflowHandle(id);

        Assert.Equal(1, await restored.ExecuteUpdateAsync<int>("Add", ["a"], new() { Id = "same" }));
        Assert.Equal(2, await restored.ExecuteUpdateAsync<int>("Add", ["b"]));
        Assert.Equal(["a", "b"], await restored.GetResultAsync<string[]>());
    }

    [Fact]
    public async Task An_accepted_update_whose_run_ended_without_it_has_failed_after_a_restart_too()
    {
        string id;
        await using (var before = await TestServer.StartAsync(OnFile))
        {
            var run = await before.StartAsync("Any");
            await run.AdmitUpdateAsync();
            var worker = new HandWorker(before);
            var task = await worker.PollAsync();
            await worker.AcceptAsync(task, task.Messages[0]);
            await run.TerminateAsync();
            id = run.Id;
        }

        await using var after = await TestServer.StartAsync(OnFile);
        var polled = await after.Client.WorkflowService.PollWorkflowExecutionUpdateAsync(new()
        {
            Namespace = "default",
            UpdateRef = new() { WorkflowExecution = new() { WorkflowId = id }, UpdateId = "the-update" },
        });

        Assert.Equal(
            "AcceptedUpdateCompletedWorkflow", polled.Outcome?.Failure?.ApplicationFailureInfo?.Type);
    }

    [Fact]
    public async Task An_activity_that_was_at_work_before_the_restart_still_keeps_the_clock_from_skipping()
    {
        string id;
        ByteString token;
        await using (var before = await TestServer.StartAsync(OnFile))
        {
            var run = await before.StartAsync("Any");
            var worker = new HandWorker(before);
            await worker.CompleteAsync(await worker.PollAsync(), HandWorker.Activity("a"));
            (id, token) = (run.Id, (await worker.PollActivityAsync()).TaskToken);
        }

        await using var after = await TestServer.StartAsync(OnFile);
        var jumps = 0;
        using var skipping = after.Server.SkipTime(_ => jumps++);
        await after.Client.WorkflowService.RespondActivityTaskCompletedAsync(
            new() { Namespace = "default", TaskToken = token });
        await after.Client.GetWorkflowHandle(id).UntilAsync(EventType.ActivityTaskCompleted);

        Assert.Equal(0, jumps);
    }

    [Fact]
    public async Task Ids_memos_and_namespaces_are_remembered()
    {
        await using (var before = await TestServer.StartAsync(OnFile))
        {
            await before.Client.WorkflowService.RegisterNamespaceAsync(new()
            {
                Namespace = "tenants",
                WorkflowExecutionRetentionPeriod = new() { Seconds = 86400 },
            });
            var memo = new Dictionary<string, object> { ["tenant"] = "acme" };
            await before.StartAsync(new("the-id", "queue") { Memo = memo }, "CollectWorkflow", 1);
        }

        await using var after = await TestServer.StartAsync(OnFile);

        var described = await after.Client.GetWorkflowHandle("the-id").DescribeAsync();
        Assert.Equal("acme", await described.Memo["tenant"].ToValueAsync<string>());
        await Assert.ThrowsAsync<WorkflowAlreadyStartedException>(
            () => after.StartAsync(new("the-id", "queue"), "CollectWorkflow", 1));
        var tenants = await after.Client.WorkflowService.DescribeNamespaceAsync(new() { Namespace = "tenants" });
        Assert.Equal(86400, tenants.Config.WorkflowExecutionRetentionTtl.Seconds);
    }

    [Fact]
    public async Task A_closed_run_is_shown_until_its_retention_is_over_and_then_gone_from_the_file_too()
    {
        var options = OnFile with { Retention = TimeSpan.FromDays(7) };
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
    public async Task A_second_server_on_the_same_file_is_refused()
    {
        await using var first = await StartServer();

        var refusal = await Assert.ThrowsAsync<IOException>(() => StartServer());

        Assert.Contains(file.Path, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("Is another server using it", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_refused_and_left_alone()
    {
        await File.WriteAllTextAsync(file.Path, "precious words", TestContext.Current.CancellationToken);

        await Assert.ThrowsAsync<IOException>(() => StartServer());

        Assert.Equal(
            "precious words", await File.ReadAllTextAsync(file.Path, TestContext.Current.CancellationToken));
    }

    private Task<EmbeddedTemporalServer> StartServer() =>
        EmbeddedTemporalServer.StartAsync(OnFile, TestContext.Current.CancellationToken);
}
