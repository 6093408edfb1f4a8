using ControlPlane.Readings;
using Temporalio.Common;
using Temporalio.Exceptions;
using Temporalio.Workflows;
using Worker.Saga;

namespace Worker.Readings;

/// <inheritdoc cref="IReadResidueWorkflow"/>
[Workflow("ReadResidue")]
public sealed class ReadResidueWorkflow : IReadResidueWorkflow
{
    private const string ListsSystems = "list-systems";

    // The systems of version 0.1, for runs that began with it.
    private static readonly ReadableSystem[] SystemsOfVersion01 =
        [new("keycloak", "-keycloak-undo"), new("postgresql", "-postgres-undo"), new("s3", "-s3-undo")];

    [WorkflowRun]
    public async Task RunAsync(ReadResidueInput input)
    {
        IReadOnlyList<ReadableSystem> systems = SystemsOfVersion01;
        if (Workflow.Patched(ListsSystems))
        {
            systems = await Workflow.ExecuteActivityAsync(
                (ReadingActivities activities) => activities.BeginAsync(input), Options());
        }
        else
        {
            await Workflow.ExecuteActivityAsync(
                (ReadingActivities activities) => activities.ForgetAsync(input), Options());
        }

        await Workflow.WhenAllAsync(systems.Select(system => ReadAsync(input.TenantId, system)));
    }

    private static async Task ReadAsync(Guid tenantId, ReadableSystem system)
    {
        var reading = new SystemToRead(tenantId, system.System);
        try
        {
            await Workflow.ExecuteActivityAsync(
                (ReadingActivities activities) => activities.ReadAsync(reading), Options(system.Queue));
        }
        catch (ActivityFailureException e)
        {
            var unread = new UnreadableSystem(tenantId, system.System, WorkflowFailures.Describe(e, "").Sentence);
            await Workflow.ExecuteActivityAsync(
                (ReadingActivities activities) => activities.SaveUnreadableAsync(unread), Options());
        }
    }

    // A person waits for the answer: a system that cannot be read soon is reported as unreadable.
    private static ActivityOptions Options(string queue = "") => new()
    {
        TaskQueue = Workflow.Info.TaskQueue + queue,
        StartToCloseTimeout = TimeSpan.FromSeconds(20),
        ScheduleToCloseTimeout = TimeSpan.FromSeconds(25),
        RetryPolicy = new RetryPolicy { InitialInterval = TimeSpan.FromSeconds(1), MaximumAttempts = 2 },
    };
}
