using ControlPlane.Provisioning;

namespace Worker.Saga;

/// <summary>
/// One step of the saga: one class with its options, what it makes sure of, and its undo. Activities carry their names
/// in <c>[Activity]</c>; they load what they need from the database, so that histories hold ids only. Whatever they do
/// may have happened before: they ensure, they do not create.
/// </summary>
public interface IProvisioningStep
{
    /// <summary>One of <see cref="ProvisioningSteps"/>.</summary>
    static abstract string Id { get; }

    /// <summary>What the log says when it begins.</summary>
    static abstract string Announcement { get; }

    static abstract StepOptions Options { get; }
}

/// <summary>The first step: it also decides which of the others run.</summary>
public interface IPlanningStep : IProvisioningStep
{
    Task<ProvisioningPlan> ExecuteAsync(ProvisionTenantInput input);
}

/// <param name="Outcome">
/// PROVISIONING: go on. ROLLING_BACK: undo. ACTIVE or STALE: there is nothing for this run to do.
/// </param>
/// <param name="Steps">Those that run; undo follows this list, not the settings of a later day.</param>
public sealed record ProvisioningPlan(string Outcome, IReadOnlyList<string> Steps);

/// <summary>A step without an undo: it changes the control database alone, or nothing can be taken back.</summary>
public interface IPlainStep : IProvisioningStep
{
    Task ExecuteAsync(ProvisionTenantInput input);
}

/// <summary>A step that makes something in an outside system.</summary>
public interface ICompensatedStep : IPlainStep
{
    /// <summary>The types of <see cref="ResourceRecords"/> (and of residue) that it answers for.</summary>
    static abstract IReadOnlyList<string> ResourceTypes { get; }

    /// <summary>
    /// Takes back what the step made, in this attempt or an earlier one, also when its answer was lost; never what is
    /// foreign or a later attempt's. Undoing nothing is fine.
    /// </summary>
    Task CompensateAsync(ProvisionTenantInput input);

    /// <summary>Reads its system again and records what of this attempt, or an earlier one, is there.</summary>
    /// <returns>How many things: their names stay out of the history.</returns>
    Task<int> FindResidueAsync(ProvisionTenantInput input);
}
