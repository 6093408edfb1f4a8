using EmbeddedTemporal.Engine;
using EmbeddedTemporal.Rpc;

namespace EmbeddedTemporal.Schedules;

/// <summary>All schedules of the server.</summary>
internal sealed class ScheduleRegistry(Shard shard)
{
    private readonly Dictionary<(string Namespace, string Id), ScheduleEntry> byId = [];

    /// <summary>The youngest first.</summary>
    public IEnumerable<ScheduleEntry> Of(string ns) => byId.Values
        .Where(entry => entry.Header.Namespace == ns)
        .OrderByDescending(entry => entry.CreateTime)
        .ThenBy(entry => entry.Header.ScheduleId, StringComparer.Ordinal);

    public ScheduleEntry Require(string ns, string id)
    {
        shard.Namespaces.Require(ns);
        return byId.GetValueOrDefault((ns, id)) ?? throw TemporalErrors.WorkflowNotFound(RunOf(id), "");
    }

    /// <summary>Makes it, or finds it when the request is a repetition.</summary>
    public (ScheduleEntry Entry, bool IsNew) Create(CreateScheduleRequest request)
    {
        shard.Namespaces.Require(request.Namespace);
        if (request.ScheduleId.Length == 0) throw TemporalErrors.InvalidArgument("ScheduleId is not set on request.");
        if (request.RequestId.Length == 0) throw TemporalErrors.InvalidArgument("RequestId is not set on request.");
        if (byId.TryGetValue((request.Namespace, request.ScheduleId), out var existing))
        {
            return existing.Header.RequestId == request.RequestId
                ? (existing, false)
                : throw TemporalErrors.AlreadyStarted(
                    $"Workflow execution is already running. WorkflowId: {RunOf(request.ScheduleId)}.",
                    existing.Header.RequestId,
                    runId: "");
        }

        var entry = ScheduleEntry.New(shard, request);
        Add(entry);
        return (entry, true);
    }

    /// <summary>Adds a new or stored schedule and lets it act.</summary>
    public void Add(ScheduleEntry entry)
    {
        byId.Add((entry.Header.Namespace, entry.Header.ScheduleId), entry);
        entry.Begin();
    }

    public void Delete(string ns, string id)
    {
        Require(ns, id).Delete();
        byId.Remove((ns, id));
    }

    /// <summary>In Temporal a schedule is a workflow of the server's own, and errors name it so.</summary>
    private static string RunOf(string id) => $"temporal-sys-scheduler:{id}";
}
