namespace EmbeddedTemporal.Runs;

/// <summary>A prepared run that has not begun.</summary>
/// <param name="Started">The first event of the run's history.</param>
internal sealed record NewRun(string Namespace, string WorkflowId, string RunId, string RequestId, HistoryEvent Started)
{
    public WorkflowExecutionStartedEventAttributes Attributes => Started.WorkflowExecutionStartedEventAttributes;
}
