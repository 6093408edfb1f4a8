using EmbeddedTemporal.Tests.Support;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Query.V1;

namespace EmbeddedTemporal.Tests.Units;

public sealed class QueryTests
{
    [Fact]
    public async Task A_query_answered_by_the_last_task_of_a_run_is_not_sent_again()
    {
        using var server = await DirectServer.StartAsync();
        await server.StartWorkflowAsync("the-id");
        // This completion leaves the query unanswered and forces the next task, which will contain the query.
        await server.CompleteAsync(
            await server.PollAsync(DirectCall.Uncancelled), new() { ForceCreateNewWorkflowTask = true });
        var query = server.QueryAsync(DirectCall.Uncancelled);
        var last = await server.PollAsync(DirectCall.Uncancelled);

        await server.CompleteAsync(last, new()
        {
            Commands =
            {
                new Command
                {
                    CommandType = CommandType.CompleteWorkflowExecution,
                    CompleteWorkflowExecutionCommandAttributes = new(),
                },
            },
            QueryResults =
            {
                [Assert.Single(last.Queries).Key] = new WorkflowQueryResult
                {
                    ResultType = QueryResultType.Answered,
                    Answer = new Payloads(),
                },
            },
        });

        Assert.Equal(0, await server.BacklogAsync());
        Assert.NotNull((await query).QueryResult);
    }
}
