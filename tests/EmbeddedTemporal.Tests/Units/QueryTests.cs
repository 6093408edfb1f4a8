using EmbeddedTemporal.Tests.Support;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Query.V1;

namespace EmbeddedTemporal.Tests.Units;

public sealed class QueryTests
{
    [Fact]
    public async Task A_query_answered_by_the_very_task_that_ends_the_run_is_not_asked_again()
    {
        using var server = await DirectServer.StartAsync();
        await server.StartWorkflowAsync("the-id");
        // It answers nothing and wants the next task, with which the query will travel.
        await server.CompleteAsync(
            await server.PollAsync(DirectCall.Patient), new() { ForceCreateNewWorkflowTask = true });
        var query = server.AskAsync(DirectCall.Patient);
        var last = await server.PollAsync(DirectCall.Patient);

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
