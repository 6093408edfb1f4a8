using EmbeddedTemporal.Tests.Support;
using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Protocol.V1;
using Temporalio.Api.TaskQueue.V1;
using Temporalio.Api.Update.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Client;

namespace EmbeddedTemporal.Tests.Protocol;

/// <summary>Plays a worker by hand, call by call, to see what the server sends.</summary>
internal sealed class HandWorker(TestServer test)
{
    public string Sticky { get; } = "sticky-" + Ids.New();

    private TaskQueue StickyQueue =>
        new() { Name = Sticky, Kind = TaskQueueKind.Sticky, NormalName = test.TaskQueue };

    private WorkflowService Service => test.Client.WorkflowService;

    public Task<PollWorkflowTaskQueueResponse> PollAsync() => PollAsync(new TaskQueue { Name = test.TaskQueue });

    /// <summary>Polls the sticky queue; the outer task ends when the server knows of the poll.</summary>
    public async Task<Task<PollWorkflowTaskQueueResponse>> BeginStickyPollAsync()
    {
        var poll = PollAsync(StickyQueue);
        await Histories.UntilAsync(
            () => Service.DescribeTaskQueueAsync(new() { Namespace = "default", TaskQueue = StickyQueue }),
            queue => queue.Pollers.Count > 0);
        return poll;
    }

    public Task<PollActivityTaskQueueResponse> PollActivityAsync() => Service.PollActivityTaskQueueAsync(new()
    {
        Namespace = "default",
        TaskQueue = new() { Name = test.TaskQueue },
        Identity = "by hand",
    });

    public Task CompleteAsync(PollWorkflowTaskQueueResponse task, params Command[] commands) =>
        CompleteAsync(task, sticky: false, commands);

    public Task CompleteAsync(PollWorkflowTaskQueueResponse task, bool sticky, params Command[] commands) =>
        Service.RespondWorkflowTaskCompletedAsync(new()
        {
            Namespace = "default",
            TaskToken = task.TaskToken,
            Identity = "by hand",
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
        new() { Namespace = "default", TaskQueue = queue, Identity = "by hand" });

    /// <summary>Accepts an update as briefly as the protocol allows.</summary>
    public Task AcceptAsync(PollWorkflowTaskQueueResponse task, Message request) =>
        Service.RespondWorkflowTaskCompletedAsync(new()
        {
            Namespace = "default",
            TaskToken = task.TaskToken,
            Messages =
            {
                new Message
                {
                    Id = "acceptance",
                    ProtocolInstanceId = request.ProtocolInstanceId,
                    Body = Any.Pack(new Acceptance { AcceptedRequestMessageId = request.Id }),
                },
            },
            Commands =
            {
                new Command
                {
                    CommandType = CommandType.ProtocolMessage,
                    ProtocolMessageCommandAttributes = new() { MessageId = "acceptance" },
                },
            },
        });

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

    public static Command Complete() => new()
    {
        CommandType = CommandType.CompleteWorkflowExecution,
        CompleteWorkflowExecutionCommandAttributes = new(),
    };
}
