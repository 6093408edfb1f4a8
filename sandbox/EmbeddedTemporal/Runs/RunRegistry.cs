using EmbeddedTemporal.Engine;
using EmbeddedTemporal.Rpc;
using EmbeddedTemporal.Storage;

namespace EmbeddedTemporal.Runs;

/// <summary>All runs of the server, until their namespace's retention is over.</summary>
internal sealed class RunRegistry(Shard shard)
{
    private readonly Dictionary<string, Run> byRunId = [];
    private readonly Dictionary<(string Namespace, string WorkflowId), List<Run>> byWorkflowId = [];
    private readonly PriorityQueue<Run, DateTimeOffset> expiring = new();
    private long sequence;

    public WorkflowStarts Starts { get; } = new(shard);

    public Launches Launches { get; } = new(shard);

    /// <summary>All runs, the youngest first.</summary>
    public IEnumerable<Run> YoungestFirst => byRunId.Values.OrderByDescending(run => run.Header.Sequence);

    public IEnumerable<Run> All => byRunId.Values;

    /// <summary>The latest run of a workflow id.</summary>
    public Run? Current(string ns, string workflowId) => byWorkflowId.GetValueOrDefault((ns, workflowId))?[^1];

    public Run? Find(string runId) => byRunId.GetValueOrDefault(runId);

    /// <summary>The run that is meant: the named one, or the latest of the workflow id.</summary>
    public Run Require(string ns, WorkflowExecution? execution)
    {
        shard.Namespaces.Require(ns);
        if (execution is not { WorkflowId.Length: > 0 })
            throw TemporalErrors.InvalidArgument("WorkflowId is not set on request.");
        var run = execution.RunId.Length == 0
            ? Current(ns, execution.WorkflowId)
            : Find(execution.RunId) is { } found
                && (found.Namespace, found.Header.WorkflowId) == (ns, execution.WorkflowId) ? found : null;
        return run ?? throw TemporalErrors.WorkflowNotFound(execution.WorkflowId, execution.RunId);
    }

    /// <param name="firstRunId">If not empty, the run must belong to the chain that began with this one.</param>
    public Run Require(string ns, WorkflowExecution? execution, string firstRunId)
    {
        var run = Require(ns, execution);
        return firstRunId.Length == 0 || run.State.Started.FirstExecutionRunId == firstRunId
            ? run
            : throw TemporalErrors.WorkflowNotFound(execution!.WorkflowId, firstRunId);
    }

    public Run RequireOpen(string ns, WorkflowExecution? execution, string firstRunId = "")
    {
        var run = Require(ns, execution, firstRunId);
        return run.State.IsOpen ? run : throw TemporalErrors.AlreadyCompleted();
    }

    public Run Add(Launch launch)
    {
        var header = new RunHeader(
            launch.Namespace, launch.WorkflowId, launch.RunId, launch.RequestId, ++sequence);
        var row = new StartWorkflowExecutionRequest
        {
            Namespace = header.Namespace,
            WorkflowId = header.WorkflowId,
            RequestId = header.RequestId,
        };
        shard.Store.Put(new RowKey(header.RunId, RowKind.Run, header.Sequence), row);
        return Add(header);
    }

    /// <summary>Adds a stored run; to be called in the order of their sequence.</summary>
    public Run Add(RunHeader header)
    {
        sequence = Math.Max(sequence, header.Sequence);
        var run = new Run(shard, header);
        byRunId.Add(header.RunId, run);
        var key = (header.Namespace, header.WorkflowId);
        if (byWorkflowId.TryGetValue(key, out var runs)) runs.Add(run);
        else byWorkflowId.Add(key, [run]);
        return run;
    }

    public void Closed(Run run) => expiring.Enqueue(
        run, run.State.CloseEvent!.EventTime.ToDateTimeOffset() + shard.Namespaces.Retention(run.Namespace));

    /// <summary>Drops the closed runs whose retention is over, from memory and disk.</summary>
    public void RemoveExpired()
    {
        while (expiring.TryPeek(out var run, out var due) && due <= shard.Now)
        {
            expiring.Dequeue();
            byRunId.Remove(run.RunId);
            var key = (run.Namespace, run.Header.WorkflowId);
            byWorkflowId[key].Remove(run);
            if (byWorkflowId[key].Count == 0) byWorkflowId.Remove(key);
            shard.Store.DeleteOwner(run.RunId);
        }
    }
}
