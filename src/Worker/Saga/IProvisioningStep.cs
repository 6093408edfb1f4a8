using ControlPlane.Provisioning;
using Worker.Steps;
using Worker.Systems;

namespace Worker.Saga;

/// <summary>
/// One step of the saga. Its class is the only definition: names, options, activities and undo. The activities are
/// named by <c>[Activity]</c> and load their data from the database, so that histories hold ids only. They are
/// idempotent, since each may have run before. <see cref="StepList"/> holds the order.
/// </summary>
public interface IProvisioningStep
{
    /// <summary>The stable id in rows, logs and HTTP answers, such as <c>create-idp</c>.</summary>
    static abstract string Id { get; }

    /// <summary>The name for people, such as <c>Create IdP</c>.</summary>
    static abstract string Title { get; }

    /// <summary>The name for the customer, such as <c>Database</c>; null: the customer does not see the step.</summary>
    static abstract string? CustomerTitle { get; }

    /// <summary>The first words of the log line at the start of each try.</summary>
    static abstract string Announcement { get; }

    /// <summary>The task queue, timeouts and retries.</summary>
    static abstract StepOptions Options { get; }

    /// <summary>
    /// The <see cref="OutsideSystem.Id"/> of the system that the step needs; null: the control database alone. The step
    /// is SKIPPED in attempts that begin while the system is not configured.
    /// </summary>
    static virtual string? System => null;
}

/// <summary>The first step, which decides which of the others run.</summary>
public interface IPlanningStep : IProvisioningStep
{
    Task<ProvisioningPlan> ExecuteAsync(ProvisionTenantInput input);
}

/// <param name="Outcome">
/// PROVISIONING: continue. ROLLING_BACK: undo. ACTIVE or STALE: there is nothing to do.
/// </param>
/// <param name="Steps">The ids of the steps that run. The rollback follows this list, not later settings.</param>
public sealed record ProvisioningPlan(string Outcome, IReadOnlyList<string> Steps);

/// <summary>A step without an undo: it changes only the control database, or cannot be undone.</summary>
public interface IPlainStep : IProvisioningStep
{
    Task ExecuteAsync(ProvisionTenantInput input);
}

/// <summary>A step that makes objects in an outside system.</summary>
public interface ICompensatedStep : IPlainStep
{
    /// <summary>The types of its resource records and of its residue.</summary>
    static abstract IReadOnlyList<string> ResourceTypes { get; }

    /// <summary>
    /// Removes the objects that the step made in this attempt or an earlier one, also when the step's answer was lost.
    /// Foreign objects and those of a later attempt stay. Succeeds when there is nothing to remove.
    /// </summary>
    Task CompensateAsync(ProvisionTenantInput input);

    /// <summary>Reads the system again and records the objects that this attempt, or an earlier one, left.</summary>
    /// <returns>The number of objects; their names must not be in the history.</returns>
    Task<int> FindResidueAsync(ProvisionTenantInput input);
}
