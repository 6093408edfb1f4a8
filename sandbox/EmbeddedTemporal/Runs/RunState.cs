using EmbeddedTemporal.Engine;
using Google.Protobuf.Collections;

namespace EmbeddedTemporal.Runs;

/// <summary>
/// The state of a run, folded from its history. Only <see cref="Fold"/> changes it, also after a restart.
/// </summary>
internal sealed partial class RunState
{
    public WorkflowExecutionStartedEventAttributes Started { get; private set; } = new();

    public DateTimeOffset StartTime { get; private set; }

    public WorkflowExecutionStatus Status { get; private set; } = WorkflowExecutionStatus.Running;

    public HistoryEvent? CloseEvent { get; private set; }

    public bool IsOpen => CloseEvent is null;

    public bool IsCancelRequested { get; private set; }

    public long HistorySize { get; private set; }

    /// <summary>The last workflow task event, which determines the state of the current workflow task.</summary>
    public HistoryEvent? LastTaskEvent { get; private set; }

    /// <summary>The started event id of the last completed workflow task; 0 if there is none.</summary>
    public long LastCompletedStartedId { get; private set; }

    /// <summary>The scheduled events of open activities, by event id.</summary>
    public SortedDictionary<long, HistoryEvent> Activities { get; } = [];

    /// <summary>The event ids of the last cancellation requests, by scheduled event id of the activity.</summary>
    public Dictionary<long, long> ActivityCancels { get; } = [];

    /// <summary>The started events of open timers, by timer id.</summary>
    public Dictionary<string, HistoryEvent> Timers { get; } = [];

    /// <summary>The open children, by initiated event id.</summary>
    public SortedDictionary<long, ChildRun> Children { get; } = [];

    /// <summary>Accepted updates, by update id.</summary>
    public Dictionary<string, AcceptedUpdate> Updates { get; } = [];

    /// <summary>The request ids of received signals, to ignore repeated requests.</summary>
    public HashSet<string> SignalRequests { get; } = [];

    public MapField<string, Payload> Memo { get; } = [];

    public MapField<string, Payload> SearchAttributes { get; } = [];

    /// <summary>The time at which the run times out; null if it has no timeout.</summary>
    public DateTimeOffset? Expiry => Durations.Earlier(
        Started.WorkflowRunTimeout.After(StartTime + Started.FirstWorkflowTaskBackoff.OrZero()),
        Started.WorkflowExecutionExpirationTime?.ToDateTimeOffset());

    public TimeSpan TaskTimeout => Started.WorkflowTaskTimeout.OrZero();

    private readonly Dictionary<long, long> activityStarts = [];
}

/// <param name="Initiated">The attributes of the initiated event.</param>
/// <param name="RunId">The run id of the child's first run; empty until the child has started.</param>
internal sealed record ChildRun(
    StartChildWorkflowExecutionInitiatedEventAttributes Initiated, string RunId, long StartedEventId);

/// <param name="Outcome">Null until the update has completed.</param>
internal sealed record AcceptedUpdate(long AcceptedEventId, Temporalio.Api.Update.V1.Outcome? Outcome);
