namespace EmbeddedTemporal.Runs;

internal sealed partial class Run
{
    /// <summary>Hands a signal to the workflow; a request seen before is no second signal.</summary>
    public void Signal(WorkflowExecutionSignaledEventAttributes signal)
    {
        if (signal.RequestId.Length > 0 && IsKnownSignal(signal.RequestId)) return;
        Record(new HistoryEvent { WorkflowExecutionSignaledEventAttributes = signal });
    }

    /// <summary>Asks the workflow to cancel itself; asking again, or too late, changes nothing.</summary>
    public void RequestCancel(WorkflowExecutionCancelRequestedEventAttributes request)
    {
        if (!State.IsOpen || State.CancelRequested) return;
        if (buffer.Values.Any(e => e.WorkflowExecutionCancelRequestedEventAttributes is not null)) return;
        Record(new HistoryEvent { WorkflowExecutionCancelRequestedEventAttributes = request });
    }

    private bool IsKnownSignal(string requestId) =>
        State.SignalRequests.Contains(requestId)
        || buffer.Values.Any(e => e.WorkflowExecutionSignaledEventAttributes?.RequestId == requestId);
}
