using ControlPlane.Provisioning;
using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace Worker.Saga;

/// <summary>
/// The undo of one step in one attempt. Compensations are independent of each other and cannot be cancelled. The final
/// readings find the objects that an undo failed to remove.
/// </summary>
public sealed class Compensation(
    string step, Func<Task> undo, Func<Task<int>> findResidue, Func<string, Task> assumeResidue)
{
    /// <summary>The id of the step.</summary>
    public string Step => step;

    /// <summary>Creates the compensation of a step.</summary>
    public static Compensation Of<TStep>(ProvisionTenantInput input)
        where TStep : ICompensatedStep => new(
            TStep.Id,
            () => Workflow.ExecuteActivityAsync((TStep step) => step.CompensateAsync(input), TStep.Options.ForUndo()),
            () => Workflow.ExecuteActivityAsync(
                (TStep step) => step.FindResidueAsync(input), TStep.Options.ForReading()),
            reason =>
            {
                var unread = new UnreadSystem(input, TStep.Id, reason);
                return Workflow.ExecuteActivityAsync(
                    (RollbackActivities activities) => activities.AssumeResidueAsync(unread), StepOptions.ForRollback);
            });

    /// <summary>Runs the undo.</summary>
    /// <returns>False when the undo was given up; the journal holds the reason.</returns>
    public async Task<bool> UndoAsync()
    {
        try
        {
            await undo();
            return true;
        }
        catch (ActivityFailureException)
        {
            return false;
        }
    }

    /// <summary>Reads the step's system again and records the residue.</summary>
    /// <returns>
    /// The number of objects left; null when the system could not be read, and every recorded object counts as left.
    /// </returns>
    public async Task<int?> FindResidueAsync()
    {
        try
        {
            return await findResidue();
        }
        catch (ActivityFailureException e)
        {
            await assumeResidue(WorkflowFailures.Describe(e, "").Sentence);
            return null;
        }
    }
}
