using BenchmarkDotNet.Attributes;
using ControlPlane.Temporal;
using Temporalio.Common;
using Temporalio.Worker;
using Testing;
using Worker.Hosting;
using Worker.Saga;

namespace Benchmarks.Code;

/// <summary>
/// Measures the replay of the longest recorded history, as a worker does for a run that is not in its cache.
/// </summary>
[MemoryDiagnoser]
public class ReplayBenchmarks
{
    private WorkflowHistory history = null!;
    private WorkflowReplayer replayer = null!;

    [GlobalSetup]
    public void Setup()
    {
        string longest = Directory.GetFiles(
            Path.Combine(Commands.Root, "tests/Worker.Tests/Saga/Histories"), "*.json", SearchOption.AllDirectories)
            .MaxBy(file => new FileInfo(file).Length)!;
        history = WorkflowHistory.FromJson("recorded", File.ReadAllText(longest));
        replayer = new WorkflowReplayer(new WorkflowReplayerOptions
        {
            DataConverter = TemporalConnection.Converter(
                new TemporalOptions("127.0.0.1:7233", "arc-saas", "q", null, null),
                WorkerJson.Options),
        }.AddWorkflow<ProvisionTenantWorkflow>());
    }

    [Benchmark]
    public Task<WorkflowReplayResult> Replay() => replayer.ReplayWorkflowAsync(history);
}
