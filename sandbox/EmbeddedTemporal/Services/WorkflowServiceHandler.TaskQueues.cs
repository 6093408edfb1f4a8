using EmbeddedTemporal.Rpc;
using Temporalio.Api.TaskQueue.V1;

namespace EmbeddedTemporal.Services;

#pragma warning disable CS0612 // Deprecated fields that the CLI still requests and displays.

internal sealed partial class WorkflowServiceHandler
{
    /// <summary>Returns the recent pollers of a queue, in either of the two forms that clients request.</summary>
    public Task<DescribeTaskQueueResponse> DescribeTaskQueue(
        DescribeTaskQueueRequest request, ServerCallContext context) => shard.ExecuteAsync(() =>
    {
        shard.Namespaces.Require(request.Namespace);
        if (request.TaskQueue is not { Name.Length: > 0 } queue)
            throw TemporalErrors.InvalidArgument("TaskQueue is not set on request.");
        if (request.ApiMode == DescribeTaskQueueMode.Enhanced) return DescribeEnhanced(request, queue.Name);
        var info = TypeInfo(request.Namespace, queue.Name, request.TaskQueueType);
        return new DescribeTaskQueueResponse
        {
            Pollers = { info.Pollers },
            Stats = request.ReportStats ? info.Stats : null,
            TaskQueueStatus = request.IncludeTaskQueueStatus
                ? new TaskQueueStatus { BacklogCountHint = info.Stats.ApproximateBacklogCount }
                : null,
        };
    });

    private DescribeTaskQueueResponse DescribeEnhanced(DescribeTaskQueueRequest request, string name)
    {
        var version = new TaskQueueVersionInfo();
        var types = request.TaskQueueTypes.Count > 0
            ? request.TaskQueueTypes.Distinct()
            : [TaskQueueType.Workflow, TaskQueueType.Activity];
        foreach (var type in types)
        {
            var info = TypeInfo(request.Namespace, name, type);
            if (!request.ReportPollers) info.Pollers.Clear();
            if (!request.ReportStats) info.Stats = null;
            version.TypesInfo.Add((int)type, info);
        }

        return new DescribeTaskQueueResponse { VersionsInfo = { [""] = version } };
    }

    private TaskQueueTypeInfo TypeInfo(string ns, string name, TaskQueueType type)
    {
        var (pollers, backlog) = type switch
        {
            TaskQueueType.Activity => Of(shard.Queues.Activity(ns, name)),
            TaskQueueType.Nexus => ([], 0),
            _ => Of(shard.Queues.Workflow(ns, name)),
        };
        return new TaskQueueTypeInfo
        {
            Pollers = { pollers },
            Stats = new TaskQueueStats
            {
                ApproximateBacklogCount = backlog,
                ApproximateBacklogAge = new Duration(),
            },
        };

        static (IEnumerable<PollerInfo> Pollers, int Backlog) Of<T>(Matching.TaskQueue<T> queue)
            where T : class => (queue.Pollers(), queue.Backlog);
    }
}
