using EmbeddedTemporal.Rpc;
using EmbeddedTemporal.Runs;

namespace EmbeddedTemporal.Services;

internal sealed partial class WorkflowServiceHandler
{
    public async Task<GetWorkflowExecutionHistoryResponse> GetWorkflowExecutionHistory(
        GetWorkflowExecutionHistoryRequest request, ServerCallContext context)
    {
        using var longPoll = StartLongPoll(context);
        while (true)
        {
            var (response, change) = await shard.ExecuteAsync(() => Read(request, context));
            if (change is null) return response;
            if (!await WaitAsync(change, longPoll.Token)) return response;
        }
    }

    public Task<GetWorkflowExecutionHistoryReverseResponse> GetWorkflowExecutionHistoryReverse(
        GetWorkflowExecutionHistoryReverseRequest request, ServerCallContext context) => shard.ExecuteAsync(() =>
    {
        var run = Find(request.Namespace, request.Execution, request.NextPageToken, out var next);
        var last = request.NextPageToken.IsEmpty ? run.Events.Count : next;
        var size = request.MaximumPageSize > 0 ? request.MaximumPageSize : 1_000;
        var response = new GetWorkflowExecutionHistoryReverseResponse { History = new History() };
        for (; last > 0 && response.History.Events.Count < size; last--)
            response.History.Events.Add(run.Events[(int)last - 1]);
        if (last > 0) response.NextPageToken = HistoryPage.Token(run, last);
        return response;
    });

    /// <summary>The current response, and the change to wait for if the caller waits for new events.</summary>
    private (GetWorkflowExecutionHistoryResponse Response, Task? Change) Read(
        GetWorkflowExecutionHistoryRequest request, ServerCallContext context)
    {
        var run = Find(request.Namespace, request.Execution, request.NextPageToken, out var next);
        var response = new GetWorkflowExecutionHistoryResponse { History = new History() };
        var isWaiting = request.WaitNewEvent && run.State.IsOpen;
        if (request.HistoryEventFilterType == HistoryEventFilterType.CloseEvent)
        {
            if (!isWaiting) response.History.Events.Add(run.Events[^1]);
        }
        else
        {
            var page = HistoryPage.Read(run, next, IsWorker(request, context), request.MaximumPageSize);
            (response.History, response.NextPageToken) = (page.History, page.NextPageToken);
        }

        if (!isWaiting || !response.NextPageToken.IsEmpty) return (response, null);
        var read = next + response.History.Events.Count;
        response.NextPageToken = HistoryPage.Token(run, read);
        return (response, response.History.Events.Count > 0 ? null : run.Changed);
    }

    private Run Find(string ns, WorkflowExecution? execution, ByteString token, out long next)
    {
        next = 1;
        if (token.IsEmpty) return shard.Runs.Require(ns, execution);
        (var runId, next) = PageToken.Parse(token);
        var workflowId = execution?.WorkflowId ?? "";
        return shard.Runs.Require(ns, new WorkflowExecution { WorkflowId = workflowId, RunId = runId });
    }

    /// <summary>Whether the caller is a worker, whose history must end with the events of its current task.</summary>
    private static bool IsWorker(GetWorkflowExecutionHistoryRequest request, ServerCallContext context) =>
        !request.WaitNewEvent
        && context.RequestHeaders.GetValue("client-name") is not ("temporal-cli" or "temporal-ui");
}
