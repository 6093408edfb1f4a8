using EmbeddedTemporal.Engine;
using EmbeddedTemporal.Rpc;
using EmbeddedTemporal.Runs;
using Temporalio.Api.Query.V1;

namespace EmbeddedTemporal.Services;

internal sealed partial class WorkflowServiceHandler
{
    public async Task<QueryWorkflowResponse> QueryWorkflow(QueryWorkflowRequest request, ServerCallContext context)
    {
        var (run, query) = await shard.ExecuteAsync(() => AddQuery(request));
        if (query is null)
            return new QueryWorkflowResponse { QueryRejected = new QueryRejected { Status = run.State.Status } };
        try
        {
            using var longPoll = StartLongPoll(context);
            if (!await WaitAsync(query.Result, longPoll.Token))
                throw TemporalErrors.FailedPrecondition("no worker answered the query in time");
            var result = await query.Result;
            return result.ResultType == QueryResultType.Failed
                ? throw TemporalErrors.QueryFailed(result.ErrorMessage, result.Failure)
                : new QueryWorkflowResponse { QueryResult = result.Answer };
        }
        finally
        {
            await shard.ExecuteAsync(() => run.Queries.Remove(query));
        }
    }

    /// <summary>Adds the query to its run. Returns no query if the reject condition applies to the run.</summary>
    private (Run Run, Query? Query) AddQuery(QueryWorkflowRequest request)
    {
        if (request.Query is null) throw TemporalErrors.InvalidArgument("Query is not set on request.");
        SizeLimits.RequireSmall(request.Query.QueryArgs);
        var run = shard.Runs.Require(request.Namespace, request.Execution);
        var isRejected = request.QueryRejectCondition switch
        {
            QueryRejectCondition.NotOpen => !run.State.IsOpen,
            QueryRejectCondition.NotCompletedCleanly =>
                run.State.Status is not WorkflowExecutionStatus.Running and not WorkflowExecutionStatus.Completed,
            _ => false,
        };
        return (run, isRejected ? null : run.Queries.Add(request.Query));
    }
}
