using Temporalio.Api.OperatorService.V1;

namespace EmbeddedTemporal.Services;

/// <summary>The search attributes are methods of temporal.api.operatorservice.v1.OperatorService.</summary>
internal sealed partial class WorkflowServiceHandler
{
    public Task<ListSearchAttributesResponse> ListSearchAttributes(
        ListSearchAttributesRequest request, ServerCallContext context) =>
        shard.ExecuteAsync(() => shard.SearchAttributes.List(request.Namespace));

    public Task<AddSearchAttributesResponse> AddSearchAttributes(
        AddSearchAttributesRequest request, ServerCallContext context) => shard.ExecuteAsync(() =>
    {
        shard.SearchAttributes.Add(request);
        return new AddSearchAttributesResponse();
    });

    public Task<RemoveSearchAttributesResponse> RemoveSearchAttributes(
        RemoveSearchAttributesRequest request, ServerCallContext context) => shard.ExecuteAsync(() =>
    {
        shard.SearchAttributes.Remove(request);
        return new RemoveSearchAttributesResponse();
    });
}
