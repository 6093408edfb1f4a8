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

    private EmbeddedTemporalOptions OnFile => new() { DatabaseFile = file.Path, TimeProvider = clock };

    public void Dispose() => file.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_answer_to_an_update_that_a_restart_forgot_fails_the_task_and_the_run_goes_on(bool isAcceptance)
    {
        PollWorkflowTaskQueueResponse task;
        string id;
        string queue;
        await using (var before = await TestServer.StartAsync(OnFile))
        {
            var started = await before.StartAsync("Any");
            (id, queue) = (started.Id, before.TaskQueue);
            await started.AdmitUpdateAsync();
            task = await new HandWorker(before).PollAsync();
        }

        await using var after = await TestServer.StartAsync(OnFile);
        var worker = new HandWorker(after, queue);
        var run = after.Client.GetWorkflowHandle(id);
        IMessage answer = isAcceptance ? new Acceptance() : new Rejection { Failure = new() { Message = "no" } };
        var refusal = await Assert.ThrowsAsync<RpcException>(
            () => worker.AnswerAsync(task, Assert.Single(task.Messages), answer));

        Assert.Equal(RpcException.StatusCode.InvalidArgument, refusal.Code);
        Assert.Equal(WorkflowTaskFailedCause.BadUpdateWorkflowExecutionMessage, await CauseAsync(run));
        await run.AdmitUpdateAsync();
        var next = await worker.PollAsync();
        await worker.AcceptAsync(next, Assert.Single(next.Messages));
        Assert.Single(await run.EventTypesAsync(), type => type == EventType.WorkflowExecutionUpdateAccepted);
    }

    [Fact]
    public async Task A_command_that_names_a_message_that_is_not_there_fails_the_task()
    {
        await using var test = await TestServer.StartAsync();
        var worker = new HandWorker(test);
        var run = await test.StartAsync("Any");
        var task = await worker.PollAsync();

        var refusal = await Assert.ThrowsAsync<RpcException>(
            () => worker.CompleteAsync(task, HandWorker.Message("nowhere")));

        Assert.Contains("message nowhere", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(WorkflowTaskFailedCause.BadUpdateWorkflowExecutionMessage, await CauseAsync(run));
        Assert.DoesNotContain(EventType.WorkflowTaskCompleted, await run.EventTypesAsync());
        await run.TerminateAsync();
    }

    [Fact]
    public async Task An_outcome_of_an_update_that_was_not_accepted_fails_the_task()
    {
        await using var test = await TestServer.StartAsync();
        var worker = new HandWorker(test);
        var run = await test.StartAsync("Any");
        await run.AdmitUpdateAsync();
        var task = await worker.PollAsync();

        await Assert.ThrowsAsync<RpcException>(
            () => worker.AnswerAsync(task, task.Messages[0], new Response { Outcome = new() { Success = new() } }));

        Assert.Equal(WorkflowTaskFailedCause.BadUpdateWorkflowExecutionMessage, await CauseAsync(run));
        await run.TerminateAsync();
    }

    private static async Task<WorkflowTaskFailedCause> CauseAsync(WorkflowHandle run) =>
        (await run.UntilAsync(EventType.WorkflowTaskFailed)).WorkflowTaskFailedEventAttributes.Cause;
}
