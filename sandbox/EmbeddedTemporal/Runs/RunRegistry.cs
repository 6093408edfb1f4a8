using EmbeddedTemporal.Engine;
using EmbeddedTemporal.Rpc;
using EmbeddedTemporal.Storage;

namespace EmbeddedTemporal.Runs;

/// <summary>All runs of the server within the retention of their namespaces.</summary>
internal sealed class RunRegistry(Shard shard)
{
    private readonly Dictionary<string, Run> byRunId = [];
    private readonly Dictionary<(string Namespace, string WorkflowId), List<Run>> byWorkflowId = [];
    private readonly PriorityQueue<Run, DateTimeOffset> expiring = new();
    private long sequence;

    public WorkflowStarter Starter { get; } = new(shard);

    public NewRunFactory NewRuns { get; } = new(shard);

    /// <summary>All runs, newest first.</summary>
    public IEnumerable<Run> NewestFirst => byRunId.Values.OrderByDescending(run => run.Header.Sequence);

    public IEnumerable<Run> All => byRunId.Values;

    /// <summary>Returns the latest run of a workflow id; null if there is none.</summary>
    public Run? Current(string ns, string workflowId) => byWorkflowId.GetValueOrDefault((ns, workflowId))?[^1];

    public Run? Find(string runId) => byRunId.GetValueOrDefault(runId);

    /// <summary>Returns the run with the given run id, or without a run id the latest run of the workflow.</summary>
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

    /// <param name="firstRunId">If not empty, the run must belong to the chain that began with this run.</param>
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

    public Run Add(NewRun newRun)
    {
        var header = new RunHeader(
            newRun.Namespace, newRun.WorkflowId, newRun.RunId, newRun.RequestId, ++sequence);
        var row = new StartWorkflowExecutionRequest
        {
            Namespace = header.Namespace,
            WorkflowId = header.WorkflowId,
            RequestId = header.RequestId,
        };
        shard.Store.Put(new RowKey(header.RunId, RowKind.Run, header.Sequence), row);
        return Add(header);
    }

    /// <summary>Adds a stored run. Runs must be added in the order of their sequence.</summary>
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

    public void ScheduleRemoval(Run run) => expiring.Enqueue(
        run, run.State.CloseEvent!.EventTime.ToDateTimeOffset() + shard.Namespaces.Retention(run.Namespace));

    /// <summary>Removes closed runs whose retention has expired, from memory and disk.</summary>
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
