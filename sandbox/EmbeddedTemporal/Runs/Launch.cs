namespace EmbeddedTemporal.Runs;

/// <summary>A run that is about to begin.</summary>
/// <param name="Started">The first event of its history.</param>
internal sealed record Launch(string Namespace, string WorkflowId, string RunId, string RequestId, HistoryEvent Started)
{
    public WorkflowExecutionStartedEventAttributes Attributes => Started.WorkflowExecutionStartedEventAttributes;
}
