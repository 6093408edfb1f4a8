using ControlPlane.Provisioning;
using ControlPlane.Tenants;
using Temporalio.Exceptions;
using Temporalio.Workflows;
using Worker.Steps;

namespace Worker.Saga;

/// <summary>
/// Runs the steps that an attempt's plan holds, remembers the undo of each before it runs, and takes them back in
/// reverse when one fails. Workflow code: no clock, no I/O.
/// </summary>
public sealed class ProvisioningSaga(ProvisionTenantInput input)
{
    public const string Stale = "STALE";

    private const string ReadEverySystem = "read-every-system";

    private static readonly string Active = TenantStatus.Active.ToText();
    private static readonly string RollingBack = TenantStatus.RollingBack.ToText();

    private readonly Stack<Compensation> compensations = new();
    private HashSet<string> plan = [];

    public string CurrentStep { get; private set; } = StepList.All[0].Id;

    public string Outcome { get; private set; } = Stale;

    /// <summary>
    /// An activity failed for good, or the run was cancelled. Anything else is a bug and stops the run where it is.
    /// </summary>
    public static bool IsFailure(Exception e) =>
        e is ActivityFailureException || TemporalException.IsCanceledException(e);

    /// <summary>
    /// The first step decides which of the others run. A stale attempt has none, and one that is rolled back already
    /// (somebody was faster than its run) is not begun.
    /// </summary>
    public async Task Begin<TStep>()
        where TStep : IPlanningStep
    {
        var options = TStep.Options.ForStep(Workflow.CancellationToken);
        var begun = await Workflow.ExecuteActivityAsync((TStep step) => step.ExecuteAsync(input), options);
        if (begun.Outcome == RollingBack)
        {
            throw new OperationCanceledException("The attempt is being rolled back.");
        }

        plan = [.. begun.Steps];
        Outcome = begun.Outcome;
    }

    /// <summary>
    /// The undo is registered first: the step may have taken effect even when its answer never comes.
    /// </summary>
    public Task Step<TStep>()
        where TStep : ICompensatedStep
    {
        if (plan.Contains(TStep.Id))
        {
            compensations.Push(Compensation.Of<TStep>(input));
        }

        return StepWithoutUndo<TStep>();
    }

    public Task StepWithoutUndo<TStep>()
        where TStep : IPlainStep => RunAsync<TStep>(Workflow.CancellationToken);

    /// <summary>The row that this step writes decides: once it says ACTIVE, nothing is rolled back.</summary>
    public async Task Pivot<TStep>()
        where TStep : IPlainStep
    {
        await RunAsync<TStep>(Workflow.CancellationToken);
        if (plan.Contains(TStep.Id))
        {
            Outcome = Active;
        }
    }

    /// <summary>
    /// After the pivot: no cancellation reaches it, and when it is given up it is parked for an operator.
    /// </summary>
    public async Task Finally<TStep>()
        where TStep : IPlainStep
    {
        try
        {
            await RunAsync<TStep>(CancellationToken.None);
        }
        catch (ActivityFailureException)
        {
            var parked = new ParkedStep(input, TStep.Id);
            await Workflow.ExecuteActivityAsync(
                (RollbackActivities activities) => activities.ParkAsync(parked), StepOptions.ForRollback);
        }
    }

    /// <summary>
    /// Takes everything back and ends the run with the failure; unless the tenant is ACTIVE after all (an answer that
    /// was lost, a cancel that came too late): then it returns and the run goes on.
    /// </summary>
    public async Task RollBackAsync(Exception failure)
    {
        var why = new RollbackReason(input, WorkflowFailures.Describe(failure, CurrentStep));
        var begun = await Workflow.ExecuteActivityAsync(
            (RollbackActivities activities) => activities.BeginAsync(why), StepOptions.ForRollback);
        if (begun.Status != RollingBack)
        {
            Outcome = begun.Status == Active ? Active : Stale;
            plan = Outcome == Active ? plan : [];
            return;
        }

        var rollback = new Rollback(input, begun);
        bool readsAll = begun.Steps is not null && Workflow.Patched(ReadEverySystem);
        await rollback.RunAsync(compensations, readsAll ? rollback.Plan : compensations);
        throw WorkflowFailures.ToException(failure, begun.Reason ?? why.Failure);
    }

    private async Task RunAsync<TStep>(CancellationToken cancellationToken)
        where TStep : IPlainStep
    {
        if (plan.Contains(TStep.Id))
        {
            CurrentStep = TStep.Id;
            var options = TStep.Options.ForStep(cancellationToken);
            await Workflow.ExecuteActivityAsync((TStep step) => step.ExecuteAsync(input), options);
        }
    }
}
