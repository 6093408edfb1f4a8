using Temporalio.Workflows;
using Worker.Hosting;

namespace Worker.Sweeps;

/// <summary>
/// Starts a run for attempts and welcome mails that have none. It has a schedule of its own: a sweep of many objects
/// takes long, and a customer whose run was lost must not wait for it.
/// </summary>
[Workflow("RepairAttempts")]
public sealed class RepairAttemptsWorkflow
{
    /// <returns>The number of started runs.</returns>
    [WorkflowRun]
    public async Task<int> RunAsync()
    {
        var parts = new SweepParts();
        int repaired = await parts.RunAsync(
            "attempts", TaskQueue.Control.Suffix, (RowActivities rows) => rows.RepairAttemptsAsync());
        await parts.EndAsync();
        return repaired;
    }
}
