using ControlPlane.Provisioning;
using Temporalio.Exceptions;
using Temporalio.Workflows;
using Worker.Steps;

namespace Worker.Saga;

/// <summary>
/// The undo of one step, independent of the others': what it cannot do is seen when its system is read again.
/// Nothing cancels it.
/// </summary>
public sealed class Compensation(
    string step, Func<Task> undo, Func<Task<int>> findResidue, Func<string, Task> assumeResidue)
{
    /// <summary>The id of the step it undoes.</summary>
    public string Step => step;

    /// <summary>Of every step that has one, in the order of undoing: the last step first.</summary>
    public static IReadOnlyList<Compensation> All(ProvisionTenantInput input) =>
    [
        Of<ConfigureDns>(input),
        Of<DeployApplication>(input),
        Of<ProvisionInfrastructure>(input),
        Of<ProvisionStorage>(input),
        Of<ProvisionDatabase>(input),
        Of<CreateAdminUser>(input),
        Of<CreateIdp>(input),
    ];

    public static Compensation Of<TStep>(ProvisionTenantInput input)
        where TStep : ICompensatedStep
    {
        var undo = TStep.Options.ForUndo();
        var read = TStep.Options.ForReading();
        return new Compensation(
            TStep.Id,
            () => Workflow.ExecuteActivityAsync((TStep step) => step.CompensateAsync(input), undo),
            () => Workflow.ExecuteActivityAsync((TStep step) => step.FindResidueAsync(input), read),
            reason =>
            {
                var unread = new UnreadSystem(input, TStep.Id, reason);
                return Workflow.ExecuteActivityAsync(
                    (RollbackActivities activities) => activities.AssumeResidueAsync(unread), StepOptions.ForRollback);
            });
    }

    /// <returns>False where it was given up: the journal has written down why.</returns>
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

    /// <returns>How many things are left; null where the system could not be read and all counts as left.</returns>
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
