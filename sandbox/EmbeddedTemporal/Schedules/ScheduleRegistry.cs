using EmbeddedTemporal.Engine;
using EmbeddedTemporal.Rpc;

namespace EmbeddedTemporal.Schedules;

/// <summary>All schedules of the server.</summary>
internal sealed class ScheduleRegistry(Shard shard)
{
    private readonly Dictionary<(string Namespace, string Id), ScheduleEntry> byId = [];

    /// <summary>The schedules deleted since the start of this server. Their errors differ from unknown ones.</summary>
    private readonly HashSet<(string Namespace, string Id)> deleted = [];

    /// <summary>The schedules of a namespace, newest first.</summary>
    public IEnumerable<ScheduleEntry> NewestFirst(string ns) => byId.Values
        .Where(entry => entry.Header.Namespace == ns)
        .OrderByDescending(entry => entry.CreateTime)
        .ThenBy(entry => entry.Header.ScheduleId, StringComparer.Ordinal);

    public ScheduleEntry Require(string ns, string id)
    {
        shard.Namespaces.Require(ns);
        if (byId.TryGetValue((ns, id), out var found)) return found;
        throw deleted.Contains((ns, id))
            ? TemporalErrors.AlreadyCompleted()
            : TemporalErrors.WorkflowNotFound(SchedulerWorkflowId(id), "");
    }

    /// <summary>The schedule to describe. A deleted one has an error of its own.</summary>
    public ScheduleEntry RequireDescribed(string ns, string id) => deleted.Contains((ns, id))
        ? throw TemporalErrors.NotFound("schedule not found")
        : Require(ns, id);

    /// <summary>Creates a schedule, or returns the existing one if the request is repeated.</summary>
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
                    $"Workflow execution is already running. WorkflowId: {SchedulerWorkflowId(request.ScheduleId)}.",
                    existing.Header.RequestId,
                    runId: "");
        }

        Validate(request.Namespace, request.SearchAttributes, request.Schedule);
        var entry = ScheduleEntry.Create(shard, request);
        deleted.Remove((request.Namespace, request.ScheduleId));
        Add(entry);
        return (entry, true);
    }

    /// <summary>Adds a new or stored schedule and activates it.</summary>
    public void Add(ScheduleEntry entry)
    {
        byId.Add((entry.Header.Namespace, entry.Header.ScheduleId), entry);
        entry.Activate();
    }

    public void Delete(string ns, string id)
    {
        Require(ns, id).Delete();
        byId.Remove((ns, id));
        deleted.Add((ns, id));
    }

    /// <summary>Validates the search attributes of a schedule and of its runs.</summary>
    public void Validate(string ns, SearchAttributes? own, Temporalio.Api.Schedule.V1.Schedule? schedule)
    {
        shard.SearchAttributes.Validate(ns, own);
        shard.SearchAttributes.Validate(ns, schedule?.Action?.StartWorkflow?.SearchAttributes);
    }

    /// <summary>The id of the system workflow that runs a schedule in Temporal; error messages contain it.</summary>
    private static string SchedulerWorkflowId(string id) => $"temporal-sys-scheduler:{id}";
}
