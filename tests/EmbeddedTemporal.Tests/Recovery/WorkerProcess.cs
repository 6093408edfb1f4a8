using EmbeddedTemporal.Tests.Support;
using Temporalio.Activities;
using Temporalio.Client;
using Temporalio.Worker;

namespace EmbeddedTemporal.Tests.Recovery;

/// <summary>A worker process. Its activity "Work" sends one heartbeat and never ends.</summary>
internal static class WorkerProcess
{
    public static Task<ChildProcess> StartAsync(string address, string queue) =>
        ChildProcess.StartAsync("work", address, queue);

    /// <summary>Runs the worker in the child process.</summary>
    public static async Task<int> WorkAsync(string address, string queue)
    {
        var options = new TemporalWorkerOptions(queue).AddActivity(Work);
        foreach (var workflow in TestWorkflows.All) options.AddWorkflow(workflow);
        using var worker = new TemporalWorker(await TemporalClient.ConnectAsync(new(address)), options);
        using var stop = new CancellationTokenSource();
        var working = worker.ExecuteAsync(stop.Token);
        await ChildProcess.RunUntilParentEndsAsync("ready");
        await stop.CancelAsync();
        await working.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return 0;
    }

    [Activity]
    private static Task<string> Work()
    {
        ActivityExecutionContext.Current.Heartbeat("from the first worker");
        return new TaskCompletionSource<string>().Task;
    }
}
