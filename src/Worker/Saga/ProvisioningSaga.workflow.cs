using ControlPlane.Provisioning;
using ControlPlane.Tenants;
using Temporalio.Exceptions;
using Temporalio.Workflows;
using Worker.Steps;
using Worker.Systems;

namespace Worker.Saga;

/// <summary>
/// Runs the steps of an attempt's plan and registers the compensation of each before it runs. When a step fails, the
/// compensations run in reverse order. Workflow code: no clock, no I/O.
/// </summary>
public sealed class ProvisioningSaga(ProvisionTenantInput input)
{
    /// <summary>The outcome of a run whose attempt is not the tenant's current one.</summary>
    public const string Stale = "STALE";

    private const string ReadEverySystem = "read-every-system";
    private const string WaitsForConnection = "wait-for-connection";

    private static readonly string Active = TenantStatus.Active.ToText();
    private static readonly string RollingBack = TenantStatus.RollingBack.ToText();

    private readonly Stack<Compensation> compensations = new();
    private HashSet<string> plan = [];

    /// <summary>The id of the running step, or of the failed one.</summary>
    public string CurrentStep { get; private set; } = StepList.All[0].Id;

    /// <summary>The status of the tenant, or <see cref="Stale"/>.</summary>
    public string Outcome { get; private set; } = Stale;

    /// <summary>
    /// Whether an activity failed for good, or the run was cancelled. Any other exception is a bug: it fails the
    /// workflow task, and the run waits until a corrected worker replays it.
    /// </summary>
    public static bool IsFailure(Exception e) =>
        e is ActivityFailureException || TemporalException.IsCanceledException(e);

    /// <summary>
    /// Runs the first step, which decides which of the others run. A stale attempt gets an empty plan. An attempt whose
    /// rollback has already begun, before its run started, gets no step.
    /// </summary>
    public async Task Begin<TStep>()
        where TStep : IPlanningStep
    {
        var options = TStep.Options.ForStep(Workflow.CancellationToken);
        var decided = await WaitOutAsync(
            () => Workflow.ExecuteActivityAsync((TStep step) => step.ExecuteAsync(input), options));
        if (decided.Outcome == RollingBack)
        {
            throw new OperationCanceledException("The attempt is being rolled back.");
        }

        plan = [.. decided.Steps];
        Outcome = decided.Outcome;
    }

    /// <summary>
    /// Runs a step with an undo. The undo is registered first, since the step may take effect without an answer.
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

    /// <summary>Runs a step without an undo.</summary>
    public Task StepWithoutUndo<TStep>()
        where TStep : IPlainStep => RunAsync<TStep>(Workflow.CancellationToken);

    /// <summary>Runs the pivot. Once it has made the tenant ACTIVE, nothing is rolled back.</summary>
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
    /// Runs a step after the pivot. It cannot be cancelled, and is parked for an operator when it is given up.
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
    /// Rolls the attempt back and throws the failure that ends the run. Returns when the tenant is ACTIVE nevertheless
    /// (a lost answer, or a late cancellation), so that the run continues, and when the attempt is stale.
    /// </summary>
    public async Task RollBackAsync(Exception failure)
    {
        var reason = new RollbackReason(input, WorkflowFailures.Describe(failure, CurrentStep));
        var begun = await Workflow.ExecuteActivityAsync(
            (RollbackActivities activities) => activities.BeginAsync(reason), StepOptions.ForRollback);
        if (begun.Status != RollingBack)
        {
            Outcome = begun.Status == Active ? Active : Stale;
            plan = Outcome == Active ? plan : [];
            return;
        }

        var rollback = new Rollback(input, begun);
        bool readsAll = begun.Steps is not null && Workflow.Patched(ReadEverySystem);
        await rollback.RunAsync(compensations, readsAll ? rollback.Plan : compensations);
        throw WorkflowFailures.ToException(failure, begun.Reason ?? reason.Failure);
    }

    private async Task RunAsync<TStep>(CancellationToken cancellationToken)
        where TStep : IPlainStep
    {
        if (plan.Contains(TStep.Id))
        {
            CurrentStep = TStep.Id;
            var options = TStep.Options.ForStep(cancellationToken);
            await WaitOutAsync(async () =>
            {
                await Workflow.ExecuteActivityAsync((TStep step) => step.ExecuteAsync(input), options);
                return true;
            });
        }
    }

    // The tries of a step end in minutes. An error that tells how the worker is connected says nothing about the
    // tenant: the step gets new tries, for as long as a person may need to solve it.
    private static async Task<T> WaitOutAsync<T>(Func<Task<T>> execute)
    {
        var deadline = Workflow.UtcNow + StepOptions.MaxWait;
        while (true)
        {
            try
            {
                return await execute();
            }
            catch (ActivityFailureException e) when (Failures.IsWaitedOut(
                (e.InnerException as ApplicationFailureException)?.ErrorType)
                && Workflow.UtcNow < deadline && Workflow.Patched(WaitsForConnection))
            {
                // The next tries begin.
            }
        }
    }
}
