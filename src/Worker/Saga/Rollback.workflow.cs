using ControlPlane.Provisioning;
using Temporalio.Exceptions;
using Temporalio.Workflows;
using Worker.Mails;
using Worker.Steps;

namespace Worker.Saga;

/// <summary>
/// Takes an attempt back once its tenant is ROLLING_BACK, reads every system again and ends the attempt. Nothing
/// cancels it. Workflow code: no clock, no I/O.
/// </summary>
public sealed class Rollback(ProvisionTenantInput input, RollbackBegun begun)
{
    private const string GivenUpOnce = "given-up-once";

    private readonly HashSet<string> givenUp = [];

    /// <summary>Every step of the attempt's plan, in the order of undoing.</summary>
    public IReadOnlyList<Compensation> Plan { get; } = StepList.Compensations(input, begun.Steps ?? []);

    /// <returns>The status that the tenant has then.</returns>
    public async Task<string> RunAsync(IEnumerable<Compensation> undo, IEnumerable<Compensation> read)
    {
        foreach (var compensation in undo)
        {
            if (!await compensation.UndoAsync())
            {
                givenUp.Add(compensation.Step);
            }
        }

        if (begun.Settle > TimeSpan.Zero)
        {
            await Workflow.DelayAsync(begun.Settle, CancellationToken.None);
        }

        foreach (var compensation in read)
        {
            await ReadAgainAsync(compensation);
        }

        if (begun.Notifies)
        {
            await StartFailureMailAsync();
        }

        return await Workflow.ExecuteActivityAsync(
            (RollbackActivities activities) => activities.EndAsync(input), StepOptions.ForRollback);
    }

    // What came late, while the undo already ran, is taken back once more before it is called residue. What an undo was
    // given up over has had its hours.
    private async Task ReadAgainAsync(Compensation compensation)
    {
        if (await compensation.FindResidueAsync() is > 0 && !HasBeenGivenUp(compensation))
        {
            await compensation.UndoAsync();
            await compensation.FindResidueAsync();
        }
    }

    private bool HasBeenGivenUp(Compensation compensation) =>
        givenUp.Contains(compensation.Step) && Workflow.Patched(GivenUpOnce);

    // Before the run's last activity, which ends the attempt; the mail outlives the run.
    private async Task StartFailureMailAsync()
    {
        try
        {
            await Workflow.StartChildWorkflowAsync(
                (SendProvisioningFailedWorkflow workflow) => workflow.RunAsync(input),
                new ChildWorkflowOptions
                {
                    Id = $"provisioning-failed-{input.TenantId:D}-{input.Attempt}",
                    ParentClosePolicy = ParentClosePolicy.Abandon,
                    CancellationToken = CancellationToken.None,
                });
        }
        catch (WorkflowAlreadyStartedException)
        {
            // An earlier run of this rollback has sent it on its way.
        }
    }
}
