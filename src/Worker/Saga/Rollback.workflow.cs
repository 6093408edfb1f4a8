using ControlPlane.Provisioning;
using Temporalio.Exceptions;
using Temporalio.Workflows;
using Worker.Mails;
using Worker.Steps;

namespace Worker.Saga;

/// <summary>
/// The rollback of an attempt whose tenant is ROLLING_BACK: undoes the steps, waits for the settle delay, reads every
/// system again and ends the attempt. It cannot be cancelled. Workflow code: no clock, no I/O.
/// </summary>
public sealed class Rollback(ProvisionTenantInput input, RollbackBegun begun)
{
    private const string GivenUpOnce = "given-up-once";

    private readonly HashSet<string> givenUp = [];

    /// <summary>The compensations of the attempt's plan, last step first.</summary>
    public IReadOnlyList<Compensation> Plan { get; } = StepList.Compensations(input, begun.Steps ?? []);

    /// <summary>Runs the rollback.</summary>
    /// <param name="undo">The compensations to undo, in order.</param>
    /// <param name="read">The compensations whose systems are read again.</param>
    /// <returns>The final status of the tenant.</returns>
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

    // An object that appeared after its undo is undone once more before it counts as residue. An undo that was given up
    // has been retried for hours: it is not repeated.
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

    // Started before the activity that ends the attempt, and with it the run; the child outlives the run.
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
            // An earlier run of this rollback has started it.
        }
    }
}
