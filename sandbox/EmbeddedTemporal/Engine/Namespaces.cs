using EmbeddedTemporal.Rpc;
using EmbeddedTemporal.Storage;
using Temporalio.Api.Namespace.V1;
using Temporalio.Api.Replication.V1;

namespace EmbeddedTemporal.Engine;

/// <summary>The namespaces of the server, stored as the responses that describe them.</summary>
internal sealed class Namespaces(Shard shard)
{
    public const string ClusterName = "embedded";

    /// <summary>The minimum retention of Temporal's server.</summary>
    public static readonly TimeSpan MinRetention = TimeSpan.FromHours(1);

    private readonly SortedDictionary<string, DescribeNamespaceResponse> byName = new(StringComparer.Ordinal);

    public IReadOnlyCollection<DescribeNamespaceResponse> All => byName.Values;

    public bool Contains(string name) => byName.ContainsKey(name);

    public DescribeNamespaceResponse Require(string name)
    {
        if (name.Length == 0) throw TemporalErrors.InvalidArgument("Namespace not set on request.");
        return byName.TryGetValue(name, out var found) ? found : throw TemporalErrors.NamespaceNotFound(name);
    }

    public DescribeNamespaceResponse RequireById(string id) =>
        byName.Values.FirstOrDefault(ns => ns.NamespaceInfo.Id == id) ?? throw TemporalErrors.NamespaceNotFound(id);

    public TimeSpan Retention(string name) =>
        byName[name].Config.WorkflowExecutionRetentionTtl.OrZero();

    public void Register(RegisterNamespaceRequest request)
    {
        if (request.Namespace.Length == 0) throw TemporalErrors.InvalidArgument("Namespace not set on request.");
        if (byName.ContainsKey(request.Namespace)) throw TemporalErrors.NamespaceAlreadyExists(request.Namespace);
        if (request.WorkflowExecutionRetentionPeriod.OrZero() < MinRetention)
            throw TemporalErrors.InvalidArgument("A valid retention period is not set on request: an hour or more.");
        var info = new NamespaceInfo
        {
            Name = request.Namespace,
            Id = Guid.CreateVersion7(shard.Now).ToString(),
            State = NamespaceState.Registered,
            Description = request.Description,
            OwnerEmail = request.OwnerEmail,
            Data = { request.Data },
            // worker_poll_complete_on_shutdown stays false: a worker would wait for the server to end its polls.
            Capabilities = new() { SyncUpdate = true, AsyncUpdate = true },
        };
        var description = new DescribeNamespaceResponse
        {
            NamespaceInfo = info,
            Config = new NamespaceConfig
            {
                WorkflowExecutionRetentionTtl = request.WorkflowExecutionRetentionPeriod.Capped(),
                HistoryArchivalState = ArchivalState.Disabled,
                VisibilityArchivalState = ArchivalState.Disabled,
            },
            ReplicationConfig = new NamespaceReplicationConfig
            {
                ActiveClusterName = ClusterName,
                Clusters = { new ClusterReplicationConfig { ClusterName = ClusterName } },
            },
        };
        Add(description);
        shard.Store.Put(new RowKey(info.Name, RowKind.Namespace, 0), description);
    }

    public void Add(DescribeNamespaceResponse description) => byName.Add(description.NamespaceInfo.Name, description);
}
