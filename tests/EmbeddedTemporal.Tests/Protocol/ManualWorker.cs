using EmbeddedTemporal.Tests.Support;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Protocol.V1;
using Temporalio.Api.TaskQueue.V1;
using Temporalio.Api.Update.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Client;

namespace EmbeddedTemporal.Tests.Protocol;

/// <summary>A worker that the test drives call by call, to inspect the server's responses.</summary>
/// <param name="queue">The task queue to poll; the default is the queue of the test server.</param>
internal sealed class ManualWorker(TestServer test, string? queue = null)
{
    private readonly string queue = queue ?? test.TaskQueue;

    public string Sticky { get; } = "sticky-" + Ids.New();

    private TaskQueue StickyQueue =>
        new() { Name = Sticky, Kind = TaskQueueKind.Sticky, NormalName = queue };

    private WorkflowService Service => test.Client.WorkflowService;

    public Task<PollWorkflowTaskQueueResponse> PollAsync() => PollAsync(new TaskQueue { Name = queue });

    /// <summary>Polls the sticky queue. The outer task completes when the server lists the poller.</summary>
    private async Task<Task<PollWorkflowTaskQueueResponse>> BeginStickyPollAsync()
    {
        var poll = PollAsync(StickyQueue);
        await Polling.UntilAsync(
            () => Service.DescribeTaskQueueAsync(new() { Namespace = "default", TaskQueue = StickyQueue }),
            queue => queue.Pollers.Count > 0);
        return poll;
    }

    /// <summary>
    /// Completes a task with a sticky queue, signals the run, and returns the next task from the sticky queue.
    /// </summary>
    public async Task<PollWorkflowTaskQueueResponse> CompleteAndPollStickyAsync(
        PollWorkflowTaskQueueResponse task, WorkflowHandle run)
    {
        var poll = await BeginStickyPollAsync();
        await CompleteAsync(task, sticky: true);
        await run.SignalAsync("Say", ["a"]);
        return await poll;
    }

    public Task<PollActivityTaskQueueResponse> PollActivityAsync() => Service.PollActivityTaskQueueAsync(new()
    {
        Namespace = "default",
        TaskQueue = new() { Name = queue },
        Identity = "manual",
    });

    public Task CompleteAsync(PollWorkflowTaskQueueResponse task, params Command[] commands) =>
        CompleteAsync(task, sticky: false, commands);

    public Task CompleteAsync(PollWorkflowTaskQueueResponse task, bool sticky, params Command[] commands) =>
        Service.RespondWorkflowTaskCompletedAsync(new()
        {
            Namespace = "default",
            TaskToken = task.TaskToken,
            Identity = "manual",
            Commands = { commands },
            SdkMetadata = new() { CoreUsedFlags = { 1, 2 } },
            StickyAttributes = sticky
                ? new()
                {
                    WorkerTaskQueue = StickyQueue,
                    ScheduleToStartTimeout = Duration.FromTimeSpan(TimeSpan.FromSeconds(10)),
                }
                : null,
        });

    private Task<PollWorkflowTaskQueueResponse> PollAsync(TaskQueue queue) => Service.PollWorkflowTaskQueueAsync(
        new() { Namespace = "default", TaskQueue = queue, Identity = "manual" });

    /// <summary>Accepts an update with the minimum of fields.</summary>
    public Task AcceptAsync(PollWorkflowTaskQueueResponse task, Message request) =>
        AnswerAsync(task, request, new Acceptance { AcceptedRequestMessageId = request.Id });

    /// <summary>Completes the task with one update message and the command that refers to it.</summary>
    public Task AnswerAsync(PollWorkflowTaskQueueResponse task, Message request, IMessage answer) =>
        Service.RespondWorkflowTaskCompletedAsync(new()
        {
            Namespace = "default",
            TaskToken = task.TaskToken,
            Messages =
            {
                new Message
                {
                    Id = "answer",
                    ProtocolInstanceId = request.ProtocolInstanceId,
                    Body = Any.Pack(answer),
                },
            },
            Commands = { Message("answer") },
        });

    public static Command Message(string id) => new()
    {
        CommandType = CommandType.ProtocolMessage,
        ProtocolMessageCommandAttributes = new() { MessageId = id },
    };

    public static Command Activity(string id) => new()
    {
        CommandType = CommandType.ScheduleActivityTask,
        ScheduleActivityTaskCommandAttributes = new()
        {
            ActivityId = id,
            ActivityType = new() { Name = "Work" },
            StartToCloseTimeout = Duration.FromTimeSpan(TimeSpan.FromMinutes(1)),
        },
    };

    public static Command Timer(string id) => new()
    {
        CommandType = CommandType.StartTimer,
        StartTimerCommandAttributes = new()
        {
            TimerId = id,
            StartToFireTimeout = Duration.FromTimeSpan(TimeSpan.FromMinutes(1)),
        },
    };

    public static Command Cancel(string timerId) => new()
    {
        CommandType = CommandType.CancelTimer,
        CancelTimerCommandAttributes = new() { TimerId = timerId },
    };

    public static Command Complete() => new()
    {
        CommandType = CommandType.CompleteWorkflowExecution,
        CompleteWorkflowExecutionCommandAttributes = new(),
    };
}
