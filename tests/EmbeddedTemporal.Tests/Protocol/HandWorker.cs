using EmbeddedTemporal.Tests.Support;
using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Client;

namespace EmbeddedTemporal.Tests.Protocol;

/// <summary>Plays a worker by hand, call by call, to see what the server sends.</summary>
internal sealed class HandWorker(TestServer test)
{
    public string Sticky { get; } = "sticky-" + Ids.New();

    private WorkflowService Service => test.Client.WorkflowService;

    public Task<PollWorkflowTaskQueueResponse> PollAsync(bool sticky = false) =>
        Service.PollWorkflowTaskQueueAsync(new()
        {
            Namespace = "default",
            TaskQueue = sticky
                ? new() { Name = Sticky, Kind = TaskQueueKind.Sticky, NormalName = test.TaskQueue }
                : new() { Name = test.TaskQueue },
            Identity = "by hand",
        });

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
                    WorkerTaskQueue = new() { Name = Sticky, Kind = TaskQueueKind.Sticky, NormalName = test.TaskQueue },
                    ScheduleToStartTimeout = Duration.FromTimeSpan(TimeSpan.FromSeconds(10)),
                }
                : null,
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
