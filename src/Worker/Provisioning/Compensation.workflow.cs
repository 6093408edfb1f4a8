using ControlPlane.Provisioning;
using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace Worker.Provisioning;

/// <summary>
/// The undo of one step, independent of the others': what it cannot do is seen when its system is read again.
/// Nothing cancels it.
/// </summary>
public sealed class Compensation(Func<Task> undo, Func<Task<int>> findResidue, Func<string, Task> assumeResidue)
{
    public static Compensation Of<TStep>(ProvisionTenantInput input)
        where TStep : ICompensatedStep
    {
        var undo = TStep.Options.ForUndo();
        var read = TStep.Options.ForReading();
        return new Compensation(
            () => Workflow.ExecuteActivityAsync((TStep step) => step.CompensateAsync(input), undo),
            () => Workflow.ExecuteActivityAsync((TStep step) => step.FindResidueAsync(input), read),
            reason =>
            {
                var unread = new UnreadSystem(input, TStep.Id, reason);
                return Workflow.ExecuteActivityAsync(
                    (RollbackActivities activities) => activities.AssumeResidueAsync(unread), StepOptions.ForRollback);
            });
    }

    public async Task UndoAsync()
    {
        try
        {
            await undo();
        }
        catch (ActivityFailureException)
        {
            // Written down by the journal, with its reason.
        }
    }

    /// <returns>How many things are left; null where the system could not be read and all counts as left.</returns>
    public async Task<int?> FindResidueAsync()
    {
        try
        {
            return await findResidue();
        }
        catch (ActivityFailureException e)
        {
            await assumeResidue(Failed.Describe(e, "").Sentence);
            return null;
        }
    }
}
