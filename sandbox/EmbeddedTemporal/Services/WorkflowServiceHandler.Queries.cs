using EmbeddedTemporal.Rpc;
using EmbeddedTemporal.Runs;
using Temporalio.Api.Query.V1;

namespace EmbeddedTemporal.Services;

internal sealed partial class WorkflowServiceHandler
{
    public async Task<QueryWorkflowResponse> QueryWorkflow(QueryWorkflowRequest request, ServerCallContext context)
    {
        var (run, query) = await shard.Turn(() => Ask(request));
        if (query is null)
            return new QueryWorkflowResponse { QueryRejected = new QueryRejected { Status = run.State.Status } };
        try
        {
            using var patience = Patience(context);
            if (!await Happens(query.Answered, patience.Token))
                throw TemporalErrors.FailedPrecondition("no worker answered the query in time");
            var result = await query.Answered;
            return result.ResultType == QueryResultType.Failed
                ? throw TemporalErrors.QueryFailed(result.ErrorMessage, result.Failure)
                : new QueryWorkflowResponse { QueryResult = result.Answer };
        }
        finally
        {
            await shard.Turn(() => run.Queries.Forget(query));
        }
    }

    /// <summary>No query when the run is not in a state in which the caller wants an answer.</summary>
    private (Run Run, Query? Query) Ask(QueryWorkflowRequest request)
    {
        if (request.Query is null) throw TemporalErrors.InvalidArgument("Query is not set on request.");
        var run = shard.Runs.Require(request.Namespace, request.Execution);
        var isRejected = request.QueryRejectCondition switch
        {
            QueryRejectCondition.NotOpen => !run.State.IsOpen,
            QueryRejectCondition.NotCompletedCleanly =>
                run.State.Status is not WorkflowExecutionStatus.Running and not WorkflowExecutionStatus.Completed,
            _ => false,
        };
        return (run, isRejected ? null : run.Queries.Ask(request.Query));
    }
}
