using Temporalio.Client;
using Temporalio.Worker;

namespace EmbeddedTemporal.Tests.Support;

internal static class Replay
{
    /// <summary>
    /// Replays every history in the default namespace whose workflow is in this assembly and was run by a worker. Other
    /// histories were made by a <see cref="Protocol.ManualWorker"/>.
    /// </summary>
    public static async Task AllAsync(TemporalClient client)
    {
        var options = new WorkflowReplayerOptions();
        foreach (var workflow in TestWorkflows.All) options.AddWorkflow(workflow);
        var replayer = new WorkflowReplayer(options);
        await foreach (var run in client.ListWorkflowsAsync(""))
        {
            if (run.HistoryLength <= 2 || TestWorkflows.All.All(type => type.Name != run.WorkflowType)) continue;
            var history = await client.GetWorkflowHandle(run.Id, run.RunId).FetchHistoryAsync();
            await replayer.ReplayWorkflowAsync(history);
        }
    }
}
