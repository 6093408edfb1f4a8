using EmbeddedTemporal.Tests.Support;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Update.V1;

namespace EmbeddedTemporal.Tests.Protocol;

public sealed class UpdateMessageTests : ProtocolTests
{
    [Fact]
    public async Task A_command_that_refers_to_a_missing_message_fails_the_task()
    {
        var run = await Test.StartAsync("Any");
        var task = await Worker.PollAsync();

        var error = await AssertTaskFailsAsync(
            run,
            WorkflowTaskFailedCause.BadUpdateWorkflowExecutionMessage,
            () => Worker.CompleteAsync(task, ManualWorker.Message("nowhere")));

        Assert.Contains("message nowhere", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(EventType.WorkflowTaskCompleted, await run.EventTypesAsync());
    }

    [Fact]
    public async Task An_outcome_for_an_unaccepted_update_fails_the_task()
    {
        var run = await Test.StartAsync("Any");
        await run.AdmitUpdateAsync();
        var task = await Worker.PollAsync();
        var response = new Response { Outcome = new() { Success = new() } };

        await AssertTaskFailsAsync(
            run,
            WorkflowTaskFailedCause.BadUpdateWorkflowExecutionMessage,
            () => Worker.AnswerAsync(task, task.Messages[0], response));
    }
}
