namespace EmbeddedTemporal.Runs;

internal sealed partial class Run
{
    /// <summary>Records a signal. A repeated request is ignored.</summary>
    public void Signal(WorkflowExecutionSignaledEventAttributes signal)
    {
        if (signal.RequestId.Length > 0 && IsKnownSignal(signal.RequestId)) return;
        Record(new HistoryEvent { WorkflowExecutionSignaledEventAttributes = signal });
    }

    /// <summary>Records a cancellation request. A repeated or late request has no effect.</summary>
    public void RequestCancel(WorkflowExecutionCancelRequestedEventAttributes request)
    {
        if (!State.IsOpen || State.IsCancelRequested) return;
        if (buffer.Values.Any(e => e.WorkflowExecutionCancelRequestedEventAttributes is not null)) return;
        Record(new HistoryEvent { WorkflowExecutionCancelRequestedEventAttributes = request });
    }

    private bool IsKnownSignal(string requestId) =>
        State.SignalRequests.Contains(requestId)
        || buffer.Values.Any(e => e.WorkflowExecutionSignaledEventAttributes?.RequestId == requestId);
}
