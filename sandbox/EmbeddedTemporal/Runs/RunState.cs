using EmbeddedTemporal.Engine;
using Google.Protobuf.Collections;

namespace EmbeddedTemporal.Runs;

/// <summary>
/// What a run's history amounts to. Only <see cref="Fold"/> changes it, live and after a restart alike.
/// </summary>
internal sealed partial class RunState
{
    public WorkflowExecutionStartedEventAttributes Started { get; private set; } = new();

    public DateTimeOffset StartTime { get; private set; }

    public WorkflowExecutionStatus Status { get; private set; } = WorkflowExecutionStatus.Running;

    public HistoryEvent? CloseEvent { get; private set; }

    public bool IsOpen => CloseEvent is null;

    public bool CancelRequested { get; private set; }

    public long HistorySize { get; private set; }

    /// <summary>The last event of the workflow tasks, which tells how far the current one has come.</summary>
    public HistoryEvent? LastTaskEvent { get; private set; }

    /// <summary>The started event of the last completed workflow task; 0 before.</summary>
    public long LastCompletedStartedId { get; private set; }

    /// <summary>Activities that have not ended: their scheduled events, by event id.</summary>
    public SortedDictionary<long, HistoryEvent> Activities { get; } = [];

    /// <summary>The last request to cancel an activity, by the activity's scheduled event id.</summary>
    public Dictionary<long, long> ActivityCancels { get; } = [];

    /// <summary>Timers that neither fired nor were cancelled: their started events, by timer id.</summary>
    public Dictionary<string, HistoryEvent> Timers { get; } = [];

    /// <summary>Children that have not ended, by the event id of their initiation.</summary>
    public SortedDictionary<long, ChildRun> Children { get; } = [];

    /// <summary>Accepted updates, by update id.</summary>
    public Dictionary<string, AcceptedUpdate> Updates { get; } = [];

    /// <summary>Request ids of the signals received, so that a repeated request is no second signal.</summary>
    public HashSet<string> SignalRequests { get; } = [];

    public MapField<string, Payload> Memo { get; } = [];

    public MapField<string, Payload> SearchAttributes { get; } = [];

    /// <summary>The time by which the run must have ended, if there is one.</summary>
    public DateTimeOffset? Expiry => Durations.Earlier(
        Started.WorkflowRunTimeout.After(StartTime + Started.FirstWorkflowTaskBackoff.OrZero()),
        Started.WorkflowExecutionExpirationTime?.ToDateTimeOffset());

    public TimeSpan TaskTimeout => Started.WorkflowTaskTimeout.OrZero();

    private readonly Dictionary<long, long> activityStarts = [];
}

/// <param name="Initiated">The attributes of the initiation.</param>
/// <param name="RunId">The child's first run; empty until it is started.</param>
internal sealed record ChildRun(
    StartChildWorkflowExecutionInitiatedEventAttributes Initiated, string RunId, long StartedEventId);

/// <param name="Outcome">Null until the update has completed.</param>
internal sealed record AcceptedUpdate(long AcceptedEventId, Temporalio.Api.Update.V1.Outcome? Outcome);
