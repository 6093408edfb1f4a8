using EmbeddedTemporal.Rpc;
using EmbeddedTemporal.Runs;

namespace EmbeddedTemporal.Services;

internal sealed partial class WorkflowServiceHandler
{
    public async Task<GetWorkflowExecutionHistoryResponse> GetWorkflowExecutionHistory(
        GetWorkflowExecutionHistoryRequest request, ServerCallContext context)
    {
        using var patience = Patience(context);
        while (true)
        {
            var (answer, news) = await shard.Turn(() => Read(request, context));
            if (news is null) return answer;
            if (!await Happens(news, patience.Token)) return answer;
        }
    }

    public Task<GetWorkflowExecutionHistoryReverseResponse> GetWorkflowExecutionHistoryReverse(
        GetWorkflowExecutionHistoryReverseRequest request, ServerCallContext context) => shard.Turn(() =>
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

    /// <summary>The answer as of now, and what to wait for if the caller wants to wait for more.</summary>
    private (GetWorkflowExecutionHistoryResponse Answer, Task? News) Read(
        GetWorkflowExecutionHistoryRequest request, ServerCallContext context)
    {
        var run = Find(request.Namespace, request.Execution, request.NextPageToken, out var next);
        var answer = new GetWorkflowExecutionHistoryResponse { History = new History() };
        var waits = request.WaitNewEvent && run.State.IsOpen;
        if (request.HistoryEventFilterType == HistoryEventFilterType.CloseEvent)
        {
            if (!waits) answer.History.Events.Add(run.Events[^1]);
        }
        else
        {
            var page = HistoryPage.Read(run, next, ForWorker(request, context), request.MaximumPageSize);
            (answer.History, answer.NextPageToken) = (page.History, page.NextPageToken);
        }

        if (!waits || !answer.NextPageToken.IsEmpty) return (answer, null);
        var read = next + answer.History.Events.Count;
        answer.NextPageToken = HistoryPage.Token(run, read);
        return (answer, answer.History.Events.Count > 0 ? null : run.Changed);
    }

    private Run Find(string ns, WorkflowExecution? execution, ByteString token, out long next)
    {
        next = 1;
        if (token.IsEmpty) return shard.Runs.Require(ns, execution);
        (var runId, next) = PageToken.Parse(token);
        var workflowId = execution?.WorkflowId ?? "";
        return shard.Runs.Require(ns, new WorkflowExecution { WorkflowId = workflowId, RunId = runId });
    }

    /// <summary>A worker that reads the history needs the task it has in hand at its end; people do not.</summary>
    private static bool ForWorker(GetWorkflowExecutionHistoryRequest request, ServerCallContext context) =>
        !request.WaitNewEvent
        && context.RequestHeaders.GetValue("client-name") is not ("temporal-cli" or "temporal-ui");
}
