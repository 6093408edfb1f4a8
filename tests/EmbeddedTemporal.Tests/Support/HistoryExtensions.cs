using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Client;

namespace EmbeddedTemporal.Tests.Support;

internal static class HistoryExtensions
{
    /// <summary>Waits with long polls until the run's history contains a matching event, and returns it.</summary>
    public static async Task<HistoryEvent> WaitForEventAsync(
        this WorkflowHandle handle, Func<HistoryEvent, bool> condition)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var options = new WorkflowHistoryEventFetchOptions { WaitNewEvent = true };
        await foreach (var e in handle.FetchHistoryEventsAsync(options).WithCancellation(cancellationToken))
        {
            if (condition(e)) return e;
        }

        throw new InvalidOperationException("the run ended without the event");
    }

    public static Task<HistoryEvent> WaitForEventAsync(this WorkflowHandle handle, EventType type) =>
        handle.WaitForEventAsync(e => e.EventType == type);

    /// <summary>Waits until the history contains the given number of events of the type.</summary>
    public static Task<HistoryEvent> WaitForEventAsync(this WorkflowHandle handle, EventType type, int count) =>
        handle.WaitForEventAsync(e => e.EventType == type && --count == 0);

    public static async Task<IReadOnlyList<EventType>> EventTypesAsync(this WorkflowHandle handle) =>
        [.. (await handle.FetchHistoryAsync()).Events.Select(e => e.EventType)];

    /// <summary>Returns the server's description, including the fields that the SDK omits.</summary>
    public static Task<DescribeWorkflowExecutionResponse> DescribeRawAsync(this WorkflowHandle handle) =>
        handle.Client.Connection.WorkflowService.DescribeWorkflowExecutionAsync(new()
        {
            Namespace = handle.Client.Options.Namespace,
            Execution = new() { WorkflowId = handle.Id, RunId = handle.RunId ?? "" },
        });
}
