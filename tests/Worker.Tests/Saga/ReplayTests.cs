using System.Reflection;
using Temporalio.Common;
using Temporalio.Exceptions;
using Temporalio.Worker;
using Temporalio.Workflows;
using Worker.Hosting;
using Worker.Tests.Support;

namespace Worker.Tests.Saga;

/// <summary>
/// Running workflows survive a deployment: the recorded histories of each version still replay. A workflow's new step
/// therefore comes behind Workflow.Patched.
/// </summary>
public sealed class ReplayTests
{
    private static readonly IReadOnlyList<WorkflowDefinition> Workflows =
    [
        .. typeof(WorkerHost).Assembly.GetTypes()
            .Where(type => type.IsClass && type.GetCustomAttribute<WorkflowAttribute>() is not null)
            .Select(type => WorkflowDefinition.Create(type)),
    ];

    public static TheoryData<string> Histories => [.. Recordings.All()];

    [Theory]
    [MemberData(nameof(Histories))]
    public async Task A_recorded_history_replays(string file)
    {
        string json = Recordings.Read(file);

        // Without these flags a changed activity name replays as if nothing were wrong.
        Assert.Contains("\"sdkMetadata\"", json, StringComparison.Ordinal);
        Assert.Contains("\"coreUsedFlags\"", json, StringComparison.Ordinal);
        await ReplayAsync(json);
    }

    [Fact]
    public async Task A_history_with_another_activity_name_does_not_replay()
    {
        string json = Recordings.Read("0.1/active.json");
        string changed = json.Replace("\"ProvisionDatabase\"", "\"ProvisionLedger\"", StringComparison.Ordinal);

        Assert.NotEqual(json, changed);
        await Assert.ThrowsAsync<WorkflowNondeterminismException>(() => ReplayAsync(changed));
    }

    [Fact]
    public void Each_workflow_type_has_a_recorded_history()
    {
        var recorded = Recordings.All().Select(file => History(Recordings.Read(file)).Events.First()
            .WorkflowExecutionStartedEventAttributes.WorkflowType.Name);

        Assert.NotEmpty(Workflows);
        Assert.Empty(Workflows.Select(workflow => workflow.Name).Except(recorded));
    }

    [Fact]
    public void The_histories_hold_no_path_of_a_machine() => Assert.All(
        Recordings.All(),
        file => Assert.DoesNotMatch(@"\bin /(?!_/)", Recordings.Read(file)));

    internal static WorkflowReplayer Replayer()
    {
        var options = new WorkflowReplayerOptions { DataConverter = Recordings.Converter };
        foreach (var workflow in Workflows)
        {
            options.AddWorkflow(workflow);
        }

        return new WorkflowReplayer(options);
    }

    private static WorkflowHistory History(string json) => WorkflowHistory.FromJson("recorded", json);

    private static Task<WorkflowReplayResult> ReplayAsync(string json) => Replayer().ReplayWorkflowAsync(
        History(json), cancellationToken: TestContext.Current.CancellationToken);
}
