using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Client;

namespace EmbeddedTemporal.Tests.Support;

internal static class Histories
{
    /// <summary>Waits, by the server's long poll, until the run's history has an event that fits.</summary>
    public static async Task<HistoryEvent> UntilAsync(this WorkflowHandle handle, Func<HistoryEvent, bool> fits)
    {
        var cancel = TestContext.Current.CancellationToken;
        var options = new WorkflowHistoryEventFetchOptions { WaitNewEvent = true };
        await foreach (var e in handle.FetchHistoryEventsAsync(options).WithCancellation(cancel))
        {
            if (fits(e)) return e;
        }

        throw new InvalidOperationException("the run has ended without the event");
    }

    public static Task<HistoryEvent> UntilAsync(this WorkflowHandle handle, EventType type) =>
        handle.UntilAsync(e => e.EventType == type);

    /// <summary>Waits until so many events of the type have happened.</summary>
    public static Task<HistoryEvent> UntilAsync(this WorkflowHandle handle, EventType type, int times) =>
        handle.UntilAsync(e => e.EventType == type && --times == 0);

    public static async Task<IReadOnlyList<EventType>> EventTypesAsync(this WorkflowHandle handle) =>
        [.. (await handle.FetchHistoryAsync()).Events.Select(e => e.EventType)];

    /// <summary>The server's description, with what the SDK's own leaves out.</summary>
    public static Task<DescribeWorkflowExecutionResponse> DescribeRawAsync(this WorkflowHandle handle) =>
        handle.Client.Connection.WorkflowService.DescribeWorkflowExecutionAsync(new()
        {
            Namespace = handle.Client.Options.Namespace,
            Execution = new() { WorkflowId = handle.Id, RunId = handle.RunId ?? "" },
        });

    /// <summary>Asks again until the answer is the wanted one; every question is a round trip to the server.</summary>
    public static async Task<T> UntilAsync<T>(Func<Task<T>> ask, Func<T, bool> fits)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(1));
        while (true)
        {
            var answer = await ask();
            if (fits(answer)) return answer;
            if (limit.IsCancellationRequested) throw new TimeoutException($"the answer is still {answer}");
        }
    }
}
