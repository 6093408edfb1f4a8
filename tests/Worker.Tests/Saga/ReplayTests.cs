using Temporalio.Common;
using Temporalio.Exceptions;
using Temporalio.Worker;
using Worker.Invitations;
using Worker.Mails;
using Worker.Saga;
using Worker.Sweeps;
using Worker.Tests.Support;

namespace Worker.Tests.Saga;

/// <summary>
/// Sagas that are under way survive a deployment: histories of each released shape still replay. A new step comes
/// behind a patch; RecordingTests.cs says how histories are recorded.
/// </summary>
public sealed class ReplayTests
{
    public static TheoryData<string> Histories => new(
        Directory.GetFiles(Recordings.Folder, "*.json").Select(path => Path.GetFileName(path)).Order());

    [Theory]
    [MemberData(nameof(Histories))]
    public async Task A_recorded_history_replays(string file)
    {
        string json = await File.ReadAllTextAsync(
            Path.Combine(Recordings.Folder, file), TestContext.Current.CancellationToken);

        // Without these flags a changed activity name replays as if nothing were wrong.
        Assert.Contains("\"sdkMetadata\"", json, StringComparison.Ordinal);
        Assert.Contains("\"coreUsedFlags\"", json, StringComparison.Ordinal);
        await ReplayAsync(json);
    }

    [Fact]
    public async Task A_history_with_another_activity_name_does_not_replay()
    {
        string json = await File.ReadAllTextAsync(
            Path.Combine(Recordings.Folder, "active.json"), TestContext.Current.CancellationToken);
        string changed = json.Replace("\"ProvisionDatabase\"", "\"ProvisionLedger\"", StringComparison.Ordinal);

        Assert.NotEqual(json, changed);
        await Assert.ThrowsAsync<WorkflowNondeterminismException>(() => ReplayAsync(changed));
    }

    private static Task<WorkflowReplayResult> ReplayAsync(string json) => Replayer().ReplayWorkflowAsync(
        WorkflowHistory.FromJson("recorded", json), cancellationToken: TestContext.Current.CancellationToken);

    internal static WorkflowReplayer Replayer() => new(new WorkflowReplayerOptions
    {
        DataConverter = Recordings.Converter,
    }
        .AddWorkflow<ProvisionTenantWorkflow>()
        .AddWorkflow<RollBackTenantWorkflow>()
        .AddWorkflow<SendProvisioningFailedWorkflow>()
        .AddWorkflow<AcceptInvitationWorkflow>()
        .AddWorkflow<SendInvitationWorkflow>()
        .AddWorkflow<SendLeadVerificationWorkflow>()
        .AddWorkflow<SweepWorkflow>());
}
