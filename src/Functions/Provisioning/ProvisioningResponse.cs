using ControlPlane.Provisioning;
using ControlPlane.Tenants;

namespace Functions.Provisioning;

/// <param name="Status">The tenant's.</param>
/// <param name="Attempt">The current one; null before the first.</param>
/// <param name="Steps">The steps in their order; none before the attempt's run has begun.</param>
public sealed record ProvisioningResponse(
    Guid TenantId, string Status, string WorkflowId, AttemptResponse? Attempt, StepResponse[] Steps)
{
    public static ProvisioningResponse From(ProvisioningProgress progress) => new(
        progress.Tenant.Id,
        progress.Tenant.Status.ToText(),
        IProvisionTenantWorkflow.WorkflowId(progress.Tenant.Id),
        progress.Attempt is { } attempt ? AttemptResponse.From(attempt) : null,
        progress.Steps.Select(StepResponse.From).ToArray());
}

/// <param name="State">RECORDED, RUNNING, SUCCEEDED, ROLLING_BACK, ROLLED_BACK or ROLLBACK_INCOMPLETE.</param>
/// <param name="FailedStep">The id of the step that failed first.</param>
/// <param name="Error">Why it failed; no secret is in it.</param>
/// <param name="ResidueReadAt">
/// When every system was last read again: ROLLED_BACK means that nothing was found then.
/// </param>
public sealed record AttemptResponse(
    int Number, string State, string? RunId, string? FailedStep, StepError? Error, bool Cancelled,
    DateTimeOffset RecordedAt, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt, DateTimeOffset? ResidueReadAt)
{
    public static AttemptResponse From(ProvisioningAttempt attempt) => new(
        attempt.Number, attempt.State, attempt.RunId, attempt.FailedStep,
        StepError.From(attempt.ErrorCode, attempt.Error), attempt.Cancelled, attempt.RecordedAt, attempt.StartedAt,
        attempt.EndedAt, attempt.ResidueReadAt);
}

/// <param name="Step">Its id, such as <c>create-idp</c>.</param>
/// <param name="Name">Its name, such as <c>Create IdP</c>.</param>
/// <param name="State">PENDING, RUNNING, WAITING (for <c>nextTryAt</c>), DONE, SKIPPED, FAILED or PARKED.</param>
/// <param name="Tries">How often it was begun.</param>
/// <param name="Error">The last one; no secret is in it.</param>
/// <param name="Undo">Its compensation; null where none has begun.</param>
public sealed record StepResponse(
    string Step, string Name, string State, int Tries, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt,
    DateTimeOffset? NextTryAt, StepError? Error, UndoResponse? Undo)
{
    public static StepResponse From(ProvisioningStep step) => new(
        step.Step, step.Name, step.State, step.Tries, step.StartedAt, step.EndedAt, step.NextTryAt,
        StepError.From(step.ErrorCode, step.Error),
        step.UndoState is { } state
            ? new UndoResponse(state, step.UndoTries, step.UndoError, step.UndoNextTryAt)
            : null);
}

/// <param name="State">RUNNING, WAITING, DONE or FAILED.</param>
public sealed record UndoResponse(string State, int Tries, string? Error, DateTimeOffset? NextTryAt);

/// <param name="Code">Stable, for a program.</param>
/// <param name="Message">For a person.</param>
public sealed record StepError(string Code, string Message)
{
    public static StepError? From(string? code, string? message) =>
        code is null && message is null ? null : new StepError(code ?? "unknown", message ?? "");
}
