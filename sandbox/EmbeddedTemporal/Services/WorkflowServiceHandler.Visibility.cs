using EmbeddedTemporal.Rpc;
using EmbeddedTemporal.Runs;
using EmbeddedTemporal.Visibility;

namespace EmbeddedTemporal.Services;

internal sealed partial class WorkflowServiceHandler
{
    private const int DefaultListSize = 1_000;

    public Task<ListWorkflowExecutionsResponse> ListWorkflowExecutions(
        ListWorkflowExecutionsRequest request, ServerCallContext context) => shard.ExecuteAsync(() =>
    {
        var query = VisibilityQuery.Parse(request.Query, CustomType(request.Namespace));
        if (query.IsGroupedByStatus) throw TemporalErrors.InvalidArgument("invalid query: GROUP BY is for counting");
        var size = request.PageSize > 0 ? request.PageSize : DefaultListSize;
        var before = request.NextPageToken.IsEmpty ? long.MaxValue : PageToken.Parse(request.NextPageToken).Next;
        var page = FindRuns(request.Namespace, query)
            .Where(run => run.Header.Sequence < before)
            .Take(size + 1)
            .ToList();
        var response = new ListWorkflowExecutionsResponse { Executions = { page.Take(size).Select(ExecutionInfo) } };
        if (page.Count > size)
        {
            response.NextPageToken = new PageToken(page[size - 1].Header.Sequence).ToBytes();
        }

        return response;
    });

    public Task<CountWorkflowExecutionsResponse> CountWorkflowExecutions(
        CountWorkflowExecutionsRequest request, ServerCallContext context) => shard.ExecuteAsync(() =>
    {
        var query = VisibilityQuery.Parse(request.Query, CustomType(request.Namespace));
        var matching = FindRuns(request.Namespace, query).ToList();
        var response = new CountWorkflowExecutionsResponse { Count = matching.Count };
        if (!query.IsGroupedByStatus) return response;
        foreach (var group in matching.GroupBy(run => run.State.Status).OrderBy(group => group.Key))
        {
            response.Groups.Add(new CountWorkflowExecutionsResponse.Types.AggregationGroup
            {
                Count = group.Count(),
                GroupValues = { SearchAttribute.Create(group.Key.ToString(), "Keyword") },
            });
        }

        return response;
    });

    private Func<string, IndexedValueType?> CustomType(string ns) =>
        name => shard.SearchAttributes.CustomType(ns, name);

    private IEnumerable<Run> FindRuns(string ns, VisibilityQuery query)
    {
        shard.Namespaces.Require(ns);
        return shard.Runs.NewestFirst.Where(run => run.Namespace == ns && query.Matches(run));
    }
}
