using EmbeddedTemporal.Engine;

namespace EmbeddedTemporal.Services;

internal sealed partial class WorkflowServiceHandler
{
    /// <summary>The version of Temporal's server that this server emulates; clients check it.</summary>
    private const string ServerVersion = "1.29.1";

    public static Task<GetSystemInfoResponse> GetSystemInfo(GetSystemInfoRequest request, ServerCallContext context) =>
        Task.FromResult(new GetSystemInfoResponse
        {
            ServerVersion = ServerVersion,
            Capabilities = new()
            {
                SignalAndQueryHeader = true,
                InternalErrorDifferentiation = true,
                ActivityFailureIncludeHeartbeat = true,
                EncodedFailureAttributes = true,
                UpsertMemo = true,
                SdkMetadata = true,
                CountGroupByExecutionStatus = true,
            },
        });

    public static Task<GetClusterInfoResponse> GetClusterInfo(
        GetClusterInfoRequest request, ServerCallContext context) =>
        Task.FromResult(new GetClusterInfoResponse
        {
            ServerVersion = ServerVersion,
            ClusterId = "embedded-temporal",
            ClusterName = Namespaces.ClusterName,
            HistoryShardCount = 1,
            PersistenceStore = "embedded",
            VisibilityStore = "embedded",
        });

    public Task<RegisterNamespaceResponse> RegisterNamespace(
        RegisterNamespaceRequest request, ServerCallContext context) => shard.ExecuteAsync(() =>
    {
        shard.Namespaces.Register(request);
        return new RegisterNamespaceResponse();
    });

    public Task<DescribeNamespaceResponse> DescribeNamespace(
        DescribeNamespaceRequest request, ServerCallContext context) => shard.ExecuteAsync(() =>
            request.Namespace.Length == 0 && request.Id.Length > 0
                ? shard.Namespaces.RequireById(request.Id)
                : shard.Namespaces.Require(request.Namespace));

    public Task<ListNamespacesResponse> ListNamespaces(ListNamespacesRequest request, ServerCallContext context) =>
        shard.ExecuteAsync(() => new ListNamespacesResponse { Namespaces = { shard.Namespaces.All } });

    public static Task<RecordWorkerHeartbeatResponse> RecordWorkerHeartbeat(
        RecordWorkerHeartbeatRequest request, ServerCallContext context) =>
        Task.FromResult(new RecordWorkerHeartbeatResponse());
}
