using Temporalio.Client;
using Temporalio.Worker;

namespace EmbeddedTemporal.Tests.Support;

internal static class Replay
{
    /// <summary>Replays every history of the server's default namespace.</summary>
    public static async Task AllAsync(TemporalClient client)
    {
        var options = new WorkflowReplayerOptions();
        foreach (var workflow in TestWorkflows.All) options.AddWorkflow(workflow);
        var replayer = new WorkflowReplayer(options);
        await foreach (var run in client.ListWorkflowsAsync(""))
        {
            if (run.HistoryLength <= 2) continue;
            var history = await client.GetWorkflowHandle(run.Id, run.RunId).FetchHistoryAsync();
            await replayer.ReplayWorkflowAsync(history);
        }
    }
}
