using EmbeddedTemporal.Tests.Recovery;
using EmbeddedTemporal.Tests.Support;
using Google.Protobuf;
using Microsoft.Extensions.Time.Testing;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Update.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Client;
using Temporalio.Exceptions;

namespace EmbeddedTemporal.Tests.Protocol;

public sealed class UpdateMessageTests : IDisposable
{
    private readonly FakeTimeProvider clock = new(TimeProvider.System.GetUtcNow());
    private readonly DatabaseFile file = new();

    private EmbeddedTemporalOptions DatabaseOptions => new() { DatabaseFile = file.Path, TimeProvider = clock };

    public void Dispose() => file.Dispose();

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
        var error = await Assert.ThrowsAsync<RpcException>(
            () => worker.AnswerAsync(task, Assert.Single(task.Messages), answer));

        Assert.Equal(RpcException.StatusCode.InvalidArgument, error.Code);
        Assert.Equal(WorkflowTaskFailedCause.BadUpdateWorkflowExecutionMessage, await FailureCauseAsync(run));
        await run.AdmitUpdateAsync();
        var next = await worker.PollAsync();
        await worker.AcceptAsync(next, Assert.Single(next.Messages));
        Assert.Single(await run.EventTypesAsync(), type => type == EventType.WorkflowExecutionUpdateAccepted);
    }

    [Fact]
    public async Task A_command_that_refers_to_a_missing_message_fails_the_task()
    {
        await using var test = await TestServer.StartAsync();
        var worker = new ManualWorker(test);
        var run = await test.StartAsync("Any");
        var task = await worker.PollAsync();

        var error = await Assert.ThrowsAsync<RpcException>(
            () => worker.CompleteAsync(task, ManualWorker.Message("nowhere")));

        Assert.Contains("message nowhere", error.Message, StringComparison.Ordinal);
        Assert.Equal(WorkflowTaskFailedCause.BadUpdateWorkflowExecutionMessage, await FailureCauseAsync(run));
        Assert.DoesNotContain(EventType.WorkflowTaskCompleted, await run.EventTypesAsync());
        await run.TerminateAsync();
    }

    [Fact]
    public async Task An_outcome_for_an_unaccepted_update_fails_the_task()
    {
        await using var test = await TestServer.StartAsync();
        var worker = new ManualWorker(test);
        var run = await test.StartAsync("Any");
        await run.AdmitUpdateAsync();
        var task = await worker.PollAsync();

        await Assert.ThrowsAsync<RpcException>(
            () => worker.AnswerAsync(task, task.Messages[0], new Response { Outcome = new() { Success = new() } }));

        Assert.Equal(WorkflowTaskFailedCause.BadUpdateWorkflowExecutionMessage, await FailureCauseAsync(run));
        await run.TerminateAsync();
    }

    private static async Task<WorkflowTaskFailedCause> FailureCauseAsync(WorkflowHandle run) =>
        (await run.WaitForEventAsync(EventType.WorkflowTaskFailed)).WorkflowTaskFailedEventAttributes.Cause;
}
